"""Subscriptions to channels, Bits and charity: what viewers pay for.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-subscribe-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import TIME, UUID
from twitch.simulator.examples.fragments import NAMED_EMOTE, cheered, with_positions
from twitch.simulator.examples.scene import TIERS, Maker, Scene, named, nameless


def subscribe(scene: Scene) -> dict[str, Any]:
    return {**scene.user, **scene.channel, "tier": scene.pick(TIERS), "is_gift": scene.every(4)}


def subscription_gift(scene: Scene) -> dict[str, Any]:
    """Some givers hide, and some don't share how many they gave before."""
    hidden = scene.turn % 4 == 3
    return {
        **(nameless("user_") if hidden else scene.user),
        **scene.channel,
        "total": 5 * (scene.turn % 4 + 1),
        "tier": scene.pick(TIERS),
        "cumulative_total": None if scene.turn % 4 >= 2 else 284,
        "is_anonymous": hidden,
    }


def subscription_message(scene: Scene) -> dict[str, Any]:
    return {
        **scene.user,
        **scene.channel,
        "tier": scene.pick(TIERS),
        "message": with_positions(scene.text, emote=scene.every(2)),
        "cumulative_months": 15,
        "streak_months": None if scene.every(2) else 3,
        "duration_months": scene.pick((1, 3, 6)),
    }


def cheer(scene: Scene) -> dict[str, Any]:
    bits, hidden = 100 * (scene.turn + 1), scene.turn % 4 == 3
    who = {"is_anonymous": hidden, **(nameless("user_") if hidden else scene.user)}
    return {**who, **scene.channel, "message": f"Cheer{bits} {scene.text}", "bits": bits}


def bits_use(scene: Scene) -> dict[str, Any]:
    """A cheer, each power-up and a power-up of the channel's own by turns."""
    type_, bits, details = scene.pick(
        (
            ("cheer", 100, {"message": cheered(scene.text, bits=100, emote=scene.every(2))}),
            ("power_up", 30, {"power_up": _power_up("message_effect", effect="cosmic-abyss")}),
            ("power_up", 50, {"power_up": _power_up("gigantify_an_emote", emote=NAMED_EMOTE)}),
            ("power_up", 300, {"power_up": _power_up("celebration")}),
            (
                "custom_power_up",
                250,
                {"custom_power_up": {"title": "Confetti", "reward_id": scene.steady("power-up")}},
            ),
        )
    )
    nothing = {"message": None, "power_up": None, "custom_power_up": None}
    return {**scene.channel, **scene.user, "bits": bits, "type": type_, **nothing, **details}


def _power_up(type_: str, *, emote: Mapping[str, str] | None = None, effect: str | None = None) -> dict[str, Any]:
    return {"type": type_, "emote": emote, "message_effect_id": effect}


def power_up_redemption(scene: Scene) -> dict[str, Any]:
    reward = {"id": scene.condition.get("reward_id") or scene.steady("power-up"), "title": "Confetti", "bits": 250}
    return {
        "id": UUID,
        **scene.channel,
        **scene.user,
        "user_input": scene.pick(("", scene.text)),
        "status": scene.pick(("unfulfilled", "fulfilled")),
        "custom_power_up": {**reward, "prompt": "Let it rain"},
        "redeemed_at": TIME,
    }


_CHARITY: Final = {
    "charity_name": "Example Relief",
    "charity_description": "Help where it is needed, as long as it is needed.",
    "charity_logo": "https://abc.cloudfront.net/ppgf/1000/100.png",
    "charity_website": "https://www.example.com",
}


def _dollars(cents: int) -> dict[str, Any]:
    return {"value": cents, "decimal_places": 2, "currency": "USD"}


def donation(scene: Scene) -> dict[str, Any]:
    campaign = {"campaign_id": scene.steady("campaign"), **_CHARITY}
    return {"id": UUID, **scene.channel, **scene.user, **campaign, "amount": _dollars(1000 * (scene.turn + 1))}


def campaign(scene: Scene) -> dict[str, Any]:
    """The events of a campaign call the channel broadcaster_id and so on."""
    amounts = {"current_amount": _dollars(26_000 + 500 * scene.turn), "target_amount": _dollars(1_500_000)}
    return {"id": scene.steady("campaign"), **named("broadcaster_", scene.host), **_CHARITY, **amounts}


def campaign_started(scene: Scene) -> dict[str, Any]:
    return {**campaign(scene), "current_amount": _dollars(0), "started_at": TIME}


def campaign_stopped(scene: Scene) -> dict[str, Any]:
    return {**campaign(scene), "current_amount": _dollars(1_450_000), "stopped_at": TIME}


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("channel.subscribe", "1"): subscribe,
    ("channel.subscription.end", "1"): subscribe,
    ("channel.subscription.gift", "1"): subscription_gift,
    ("channel.subscription.message", "1"): subscription_message,
    ("channel.cheer", "1"): cheer,
    ("channel.bits.use", "1"): bits_use,
    ("channel.custom_power_up_redemption.add", "1"): power_up_redemption,
    ("channel.charity_campaign.donate", "1"): donation,
    ("channel.charity_campaign.start", "1"): campaign_started,
    ("channel.charity_campaign.progress", "1"): campaign,
    ("channel.charity_campaign.stop", "1"): campaign_stopped,
}
