"""Bits: https://dev.twitch.tv/docs/api/reference/#get-bits-leaderboard and those after it."""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked, Given
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, images, user, uuid_of

_SCALES: Final = ("1", "1.5", "2", "3", "4")
_TIERS: Final = ((1, "#979797"), (100, "#9c3ee8"), (1000, "#1db2a5"), (5000, "#0099fe"), (10000, "#f43021"))


def _leaderboard(asked: Asked) -> Example:
    count = asked.integer("count", 10)
    people = [asked.person("user_id")] if asked.text("user_id") else asked.crowd()
    rows = [
        {**user(person), "rank": rank, "score": 12_000 // rank} for rank, person in enumerate(people[:count], start=1)
    ]
    whole = asked.text("period", "all") == "all"
    dates = {
        "started_at": "" if whole else asked.text("started_at", asked.at(-86400)),
        "ended_at": "" if whole else asked.at(),
    }
    return Given(rows, {"date_range": dates, "total": len(rows)})


def _cheermotes(asked: Asked) -> Example:
    own = [("Streamer", "channel_custom")] if asked.text("broadcaster_id") else []
    kinds = [("Cheer", "global_first_party"), ("BibleThump", "global_third_party"), *own]
    return [_cheermote(asked, prefix, kind, order) for order, (prefix, kind) in enumerate(kinds, start=1)]


def _cheermote(asked: Asked, prefix: str, kind: str, order: int) -> dict[str, Any]:
    tiers = [
        {
            "min_bits": bits,
            "id": str(bits),
            "color": color,
            "images": {theme: _animations(prefix, theme, bits) for theme in ("dark", "light")},
            "can_cheer": True,
            "show_in_bits_card": True,
        }
        for bits, color in _TIERS
    ]
    about = {"order": order, "last_updated": asked.at(-90 * 86400), "is_charitable": False}
    return {"prefix": prefix, "tiers": tiers, "type": kind, **about}


def _animations(prefix: str, theme: str, bits: int) -> dict[str, dict[str, str]]:
    root = f"https://d3aqoihi2n8ty8.cloudfront.net/actions/{prefix.lower()}/{theme}"
    return {
        form: {scale: f"{root}/{form}/{bits}/{scale}.{ending}" for scale in _SCALES}
        for form, ending in (("animated", "gif"), ("static", "png"))
    }


def _power_ups(asked: Asked) -> Example:
    channel = asked.channel
    ids = asked.texts("id") or [uuid_of("power-up", channel.user_id, str(number)) for number in range(3)]
    return [
        {
            **broadcaster(channel),
            "id": power_up_id,
            "title": ("Confetti", "Change the lights", "Pick the next map")[number % 3],
            "prompt": "",
            "bits": 100 * (number + 1),
            "image": None,
            "default_image": images("custom-power-up-images/default"),
            "background_color": "#00E5CB",
            "is_enabled": True,
            "is_user_input_required": False,
            "max_per_stream_setting": {"is_enabled": False, "max_per_stream": 0},
            "max_per_user_per_stream_setting": {"is_enabled": False, "max_per_user_per_stream": 0},
            "global_cooldown_setting": {"is_enabled": False, "global_cooldown_seconds": 0},
            "is_paused": False,
            "is_in_stock": True,
            "redemptions_redeemed_current_stream": None,
            "cooldown_expires_at": None,
        }
        for number, power_up_id in enumerate(ids)
    ]


def _transactions(asked: Asked) -> Example:
    extension_id, channel = asked.text("extension_id"), asked.people.by_login("streamer")
    ids = asked.texts("id") or [uuid_of("transaction", extension_id, str(number)) for number in range(5)]
    return [
        {
            "id": one,
            "timestamp": asked.at(-60 * (number + 1)),
            **broadcaster(channel),
            **user(asked.crowd()[number % len(asked.crowd())]),
            "product_type": "BITS_IN_EXTENSION",
            "product_data": {
                "domain": f"twitch.ext.{extension_id}",
                "sku": "testSku100",
                "cost": {"amount": 100, "type": "bits"},
                "inDevelopment": False,
                "displayName": "Test Product 100",
                "expiration": "",
                "broadcast": False,
            },
        }
        for number, one in enumerate(ids)
    ]


ROWS: Final = (
    Row(
        *("GET", "/bits/leaderboard", Auth.USER, _leaderboard),
        query="count:1-100? period=day|week|month|year|all? started_at:time? user_id?",
        scopes="bits:read",
    ),
    Row("GET", "/bits/cheermotes", Auth.EITHER, _cheermotes, query="broadcaster_id?"),
    Row(
        *("GET", "/bits/custom_power_ups", Auth.USER, _power_ups),
        query="broadcaster_id id*50?",
        scopes="bits:read",
        own="broadcaster_id",
    ),
    Row("GET", "/extensions/transactions", Auth.APP, _transactions, query="extension_id id*100?", page=Page()),
)
