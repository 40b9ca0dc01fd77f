"""Extensions: https://dev.twitch.tv/docs/api/reference/#get-extension-configuration-segment and those after it.

Most of them want a JWT that the extension's backend has signed; the simulator does not know the secret, and takes any
that is one (see `helix`).
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import uuid_of
from twitch.simulator.answers.shelves import Item
from twitch.simulator.calls import missing
from twitch.simulator.refusal import Refusal

_SEGMENTS: Final = "broadcaster|developer|global"


def _segment(asked: Asked, segment: str) -> Item:
    """Each channel has a segment of its own; the other two are the extension's."""
    channel = asked.text("broadcaster_id") if segment == "broadcaster" else ""
    owner = f"{asked.text('extension_id')}/{segment}/{channel}"
    return asked.settings("configuration", owner, {"content": "hello config!", "version": "0.0.1"})


def _get_configuration(asked: Asked) -> Example | Refusal:
    rows = []
    for segment in asked.texts("segment"):
        named = {"broadcaster_id": asked.text("broadcaster_id")} if segment == "broadcaster" else {}
        if "" in named.values():
            return missing("broadcaster_id")
        rows.append({"segment": segment, **named, **_segment(asked, segment)})
    return rows


def _set_configuration(asked: Asked) -> Example | Refusal:
    segment = asked.text("segment")
    if segment == "broadcaster" and not asked.text("broadcaster_id"):
        return missing("broadcaster_id")
    configuration = _segment(asked, segment)
    configuration |= asked.changes(configuration)
    return None


def _done(_asked: Asked) -> Example:
    return None


def _live(asked: Asked) -> Example:
    return [
        {
            "broadcaster_id": person.user_id,
            "broadcaster_name": person.display_name,
            "game_name": "Just Chatting",
            "game_id": "509658",
            "title": f"{person.display_name} is here",
        }
        for person in asked.crowd()
    ]


def _secrets(asked: Asked) -> list[dict[str, Any]]:
    def first() -> list[Item]:
        return [_secret(asked, uuid_of("secret", asked.text("extension_id")), 0)]

    made = asked.shelf("secret", asked.text("extension_id"), first, "content").listed()
    return [{"format_version": 1, "secrets": made}]


def _secret(asked: Asked, content: str, delay: int) -> Item:
    return {"content": content, "active_at": asked.at(delay), "expires_at": asked.at(100 * 365 * 86400)}


def _get_secrets(asked: Asked) -> Example:
    return _secrets(asked)


def _create_secret(asked: Asked) -> Example:
    _secrets(asked)
    shelf = asked.shelf("secret", asked.text("extension_id"), tuple, "content")
    shelf.put(_secret(asked, asked.new_id(), asked.integer("delay", 300)))
    return _secrets(asked)


def _extension(asked: Asked) -> Example:
    extension_id, version = asked.text("extension_id"), asked.text("extension_version", "0.0.1")
    icons = f"https://extensions-discovery-images.twitch.tv/{extension_id}/{version}/logo"
    viewer = "https://localhost.rig.twitch.tv:8080"
    component = {
        "viewer_url": f"{viewer}/video_component.html",
        "aspect_ratio_x": 8_000,
        "aspect_ratio_y": 4_500,
        "autoscale": True,
        "scale_pixels": 1_024,
        "target_height": 5_333,
        "can_link_external_content": False,
    }
    return [
        {
            "author_name": "Simulator",
            "bits_enabled": True,
            "can_install": True,
            "configuration_location": "hosted",
            "description": "Exists in the simulator only.",
            "eula_tos_url": "",
            "has_chat_support": True,
            "icon_url": f"{icons}_100.png",
            "icon_urls": {"100x100": f"{icons}_100.png", "24x24": f"{icons}_24.png", "300x200": f"{icons}_300.png"},
            "id": extension_id,
            "name": "Example Extension",
            "privacy_policy_url": "",
            "request_identity_link": False,
            "screenshot_urls": [],
            "state": "Released",
            "subscriptions_support_level": "optional",
            "summary": "An example",
            "support_email": "support@example.com",
            "version": version,
            "viewer_summary": "An example",
            "views": {
                "mobile": {"viewer_url": f"{viewer}/mobile.html"},
                "panel": {"viewer_url": f"{viewer}/panel.html", "height": 300, "can_link_external_content": False},
                "video_overlay": {"viewer_url": f"{viewer}/overlay.html", "can_link_external_content": False},
                "component": component,
                "config": {"viewer_url": f"{viewer}/config.html", "can_link_external_content": False},
            },
            "allowlisted_config_urls": [],
            "allowlisted_panel_urls": [],
        }
    ]


def _products(asked: Asked) -> Example:
    def examples() -> list[Item]:
        return [_product(f"testSku{cost}", cost, asked.at(365 * 86400)) for cost in (100, 500)]

    rows = asked.shelf("product", asked.call.caller.client_id, examples, "sku").listed()
    return [row for row in rows if asked.flag("should_include_all") or not row["in_development"]]


def _product(sku: str, cost: int, expiration: str) -> Item:
    return {
        "sku": sku,
        "cost": {"amount": cost, "type": "bits"},
        "in_development": False,
        "display_name": f"Product {sku}",
        "expiration": expiration,
        "is_broadcast": False,
    }


def _update_product(asked: Asked) -> Example:
    _products(asked)
    shelf, sku = asked.shelf("product", asked.call.caller.client_id, tuple, "sku"), asked.text("sku")
    product = shelf.get(sku) or _product(sku, 100, asked.at(365 * 86400))
    changes = asked.changes(("cost", "display_name", "in_development", "expiration", "is_broadcast"))
    return [shelf.put({**product, **changes})]


ROWS: Final = (
    Row(
        *("GET", "/extensions/configurations", Auth.EXTENSION, _get_configuration),
        query=f"broadcaster_id? extension_id segment*3={_SEGMENTS}",
    ),
    Row(
        *("PUT", "/extensions/configurations", Auth.EXTENSION, _set_configuration),
        body=f"extension_id segment={_SEGMENTS} broadcaster_id? content? version?",
        status=204,
    ),
    Row(
        *("PUT", "/extensions/required_configuration", Auth.EXTENSION, _done),
        query="broadcaster_id",
        body="extension_id extension_version required_configuration",
        status=204,
    ),
    Row(
        *("POST", "/extensions/pubsub", Auth.EXTENSION, _done),
        body="target*100 broadcaster_id is_global_broadcast:bool? message",
        status=204,
    ),
    Row("GET", "/extensions/live", Auth.EITHER, _live, query="extension_id", page=Page(bare=True)),
    Row("GET", "/extensions/jwt/secrets", Auth.EXTENSION, _get_secrets, query="extension_id"),
    Row("POST", "/extensions/jwt/secrets", Auth.EXTENSION, _create_secret, query="extension_id delay:300-999999?"),
    Row(
        *("POST", "/extensions/chat", Auth.EXTENSION, _done),
        query="broadcaster_id",
        body="text extension_id extension_version",
        status=204,
    ),
    Row("GET", "/extensions", Auth.EXTENSION, _extension, query="extension_id extension_version?"),
    Row("GET", "/extensions/released", Auth.EITHER, _extension, query="extension_id extension_version?"),
    Row("GET", "/bits/extensions", Auth.APP, _products, query="should_include_all:bool?"),
    Row(
        *("PUT", "/bits/extensions", Auth.APP, _update_product),
        body="sku cost:object cost.amount:int cost.type=bits display_name in_development:bool? expiration:time?"
        " is_broadcast:bool?",
    ),
)
