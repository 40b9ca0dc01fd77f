"""What isn't about a channel: users, authorizations, drops, extensions, conduits.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#drop-entitlement-grant-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import TIME, UUID, at
from twitch.simulator.examples.scene import CATEGORY, Maker, Scene, named, nameless
from twitch.simulator.people import Person

SHARD_STATUSES: Final = (
    "webhook_callback_verification_failed",
    "notification_failures_exceeded",
    "websocket_disconnected",
    "websocket_failed_ping_pong",
    "websocket_received_inbound_traffic",
    "websocket_internal_error",
    "websocket_network_timeout",
    "websocket_network_error",
    "websocket_failed_to_reconnect",
)


def drop(scene: Scene) -> dict[str, Any]:
    """One element of `events`. A condition may ask for one category or campaign."""
    category = CATEGORY | {"category_id": scene.condition.get("category_id") or CATEGORY["category_id"]}
    data = {
        "organization_id": scene.about,
        **category,
        "campaign_id": scene.condition.get("campaign_id") or scene.steady("campaign"),
        **scene.user,
        "entitlement_id": UUID,
        "benefit_id": "74c52265-e214-48a6-91b9-23b6014e8041",
        "created_at": TIME,
    }
    return {"id": UUID, "data": data}


def bits_transaction(scene: Scene) -> dict[str, Any]:
    """Nothing is paid for a product that is being developed."""
    developed = scene.every(4)
    bits = 0 if developed else scene.pick((100, 250, 500))
    return {
        "extension_client_id": scene.about,
        "id": UUID,
        **named("broadcaster_user_", scene.neighbour()),
        **scene.user,
        "product": {"name": "Big Confetti", "sku": "confetti-big", "bits": bits, "in_development": developed},
    }


def authorization(client_id: str, person: Person) -> dict[str, Any]:
    """user.authorization.grant and .revoke."""
    return {"client_id": client_id, **named("user_", person)}


def granted(scene: Scene) -> dict[str, Any]:
    return authorization(scene.about, scene.somebody())


def revoked(scene: Scene) -> dict[str, Any]:
    """Of a user who exists no more there is only the id."""
    if scene.turn % 4 == 3:
        return granted(scene) | nameless("user_") | {"user_id": scene.somebody().user_id}
    return granted(scene)


def user_updated(scene: Scene) -> dict[str, Any]:
    """The address is there for those who may read it; here for everybody, by turns."""
    email = {"email": f"{scene.host.login}@example.com", "email_verified": True} if scene.every(2) else {}
    return {**named("user_", scene.host), **email, "description": scene.pick(("cat lover", ""))}


def whisper(scene: Scene) -> dict[str, Any]:
    sides = named("from_user_", scene.somebody()) | named("to_user_", scene.host)
    return {**sides, "whisper_id": UUID, "whisper": {"text": scene.text}}


def shard_disabled(scene: Scene) -> dict[str, Any]:
    """A shard of some conduit, with any of the reasons; some are of webhooks alone."""
    status = scene.pick(SHARD_STATUSES)
    if status.startswith("websocket"):
        session_id = f"AgoQ{scene.steady('session').replace('-', '')}"
        transport = {"method": "websocket", "callback": None, "session_id": session_id}
        transport |= {"connected_at": at(-3600), "disconnected_at": TIME}
    else:
        transport = {"method": "webhook", "callback": "https://example.com/eventsub", "session_id": None}
        transport |= {"connected_at": None, "disconnected_at": None}
    return {
        "conduit_id": scene.condition.get("conduit_id") or scene.steady("conduit"),
        "shard_id": str(scene.turn % 4),
        "status": status,
        "transport": transport,
    }


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("drop.entitlement.grant", "1"): drop,
    ("extension.bits_transaction.create", "1"): bits_transaction,
    ("user.authorization.grant", "1"): granted,
    ("user.authorization.revoke", "1"): revoked,
    ("user.update", "1"): user_updated,
    ("user.whisper.message", "1"): whisper,
    ("conduit.shard.disabled", "1"): shard_disabled,
}
