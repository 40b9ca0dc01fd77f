"""Custom rewards and their redemptions: https://dev.twitch.tv/docs/api/reference/#create-custom-rewards.

A reward that a client makes is its to change and to delete; here every client may, as if it were the only one.
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, images, user
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.refusal import Refusal

_READ: Final = "channel:read:redemptions channel:manage:redemptions"
_MANAGE: Final = "channel:manage:redemptions"
# Setting -> the two fields of a request that make it
_LIMITS: Final = {
    "max_per_stream_setting": ("is_max_per_stream_enabled", "max_per_stream"),
    "max_per_user_per_stream_setting": ("is_max_per_user_per_stream_enabled", "max_per_user_per_stream"),
    "global_cooldown_setting": ("is_global_cooldown_enabled", "global_cooldown_seconds"),
}
_PLAIN: Final = (
    *("title", "prompt", "cost", "background_color", "is_enabled", "is_user_input_required", "is_paused"),
    "should_redemptions_skip_request_queue",
)
_OPTIONAL: Final = (
    "prompt? is_enabled:bool? background_color? is_user_input_required:bool? is_max_per_stream_enabled:bool?"
    " max_per_stream:int? is_max_per_user_per_stream_enabled:bool? max_per_user_per_stream:int?"
    " is_global_cooldown_enabled:bool? global_cooldown_seconds:int? should_redemptions_skip_request_queue:bool?"
)
_REWARDS_MAX: Final = 50


def _rewards(asked: Asked) -> Shelf:
    titles = ("Hydrate", "Stretch your legs", "Choose the music")
    return asked.shelf("reward", asked.channel.user_id, lambda: [_example(asked, n, t) for n, t in enumerate(titles)])


def _example(asked: Asked, number: int, title: str) -> Item:
    return _blank(asked, asked.example_id("reward", number), title, 500 * (number + 1))


def _blank(asked: Asked, reward_id: str, title: str, cost: int) -> Item:
    return {
        **broadcaster(asked.channel),
        "id": reward_id,
        "title": title,
        "prompt": "",
        "cost": cost,
        "image": None,
        "default_image": images("custom-reward-images/default"),
        "background_color": "#00E5CB",
        "is_enabled": True,
        "is_user_input_required": False,
        **{name: {"is_enabled": False, amount: 0} for name, (_, amount) in _LIMITS.items()},
        "is_paused": False,
        "is_in_stock": True,
        "should_redemptions_skip_request_queue": False,
        "redemptions_redeemed_current_stream": None,
        "cooldown_expires_at": None,
    }


def _changed(asked: Asked, reward: Item) -> Item:
    changed: dict[str, Any] = {**reward, **asked.changes(_PLAIN)}
    for name, (enabled, amount) in _LIMITS.items():
        given = asked.changes((enabled, amount))
        changed[name] = {
            "is_enabled": given.get(enabled, changed[name]["is_enabled"]),
            amount: given.get(amount, changed[name][amount]),
        }
    return changed


def _create(asked: Asked) -> Example | Refusal:
    shelf, title = _rewards(asked), asked.text("title")
    if any(reward["title"] == title for reward in shelf.listed()):
        return refusal(400, "CREATE_CUSTOM_REWARD_DUPLICATE_REWARD")
    if len(shelf.listed()) >= _REWARDS_MAX:
        return refusal(400, "CREATE_CUSTOM_REWARD_TOO_MANY_REWARDS")
    blank = _blank(asked, asked.new_id(), title, asked.integer("cost"))
    return [shelf.put(_changed(asked, blank))]


def _get(asked: Asked) -> Example:
    return _rewards(asked).listed(asked.texts("id"))


def _update(asked: Asked) -> Example | Refusal:
    reward = _rewards(asked).get(asked.text("id"))
    return _unknown() if reward is None else [_rewards(asked).put(_changed(asked, reward))]


def _delete(asked: Asked) -> Example | Refusal:
    return _unknown() if _rewards(asked).take(asked.text("id")) is None else None


def _unknown() -> Refusal:
    return refusal(404, "The custom reward specified in the id query parameter was not found.")


def _redemptions(asked: Asked) -> Shelf:
    reward_id = asked.text("reward_id")
    reward = _rewards(asked).get(reward_id) or _blank(asked, reward_id, "A reward", 500)
    shown = {name: reward[name] for name in ("id", "title", "prompt", "cost")}

    def examples() -> list[Item]:
        return [
            {
                **broadcaster(asked.channel),
                "id": asked.example_id(f"redemption/{reward_id}", number),
                **user(person),
                "reward": shown,
                "user_input": "",
                "status": "UNFULFILLED",
                "redeemed_at": asked.at(60 * (number - 10)),
            }
            for number, person in enumerate(asked.crowd())
        ]

    return asked.shelf("redemption", f"{asked.channel.user_id}/{reward_id}", examples)


def _get_redemptions(asked: Asked) -> Example:
    ids, status = asked.texts("id"), asked.text("status")
    rows = _redemptions(asked).listed(ids, newest_first=asked.text("sort") == "NEWEST")
    return rows if ids else [row for row in rows if row["status"] == status]


def _update_redemptions(asked: Asked) -> Example | Refusal:
    shelf = _redemptions(asked)
    found = shelf.listed(asked.texts("id"))
    if not found:
        return refusal(404, "The redemptions specified in the id query parameter were not found.")
    return [shelf.put({**row, "status": asked.text("status")}) for row in found]


ROWS: Final = (
    Row(
        *("POST", "/channel_points/custom_rewards", Auth.USER, _create),
        query="broadcaster_id",
        body=f"title cost:int {_OPTIONAL}",
        scopes=_MANAGE,
        own="broadcaster_id",
    ),
    Row(
        *("DELETE", "/channel_points/custom_rewards", Auth.USER, _delete),
        query="broadcaster_id id",
        scopes=_MANAGE,
        own="broadcaster_id",
        status=204,
    ),
    Row(
        *("GET", "/channel_points/custom_rewards", Auth.USER, _get),
        query="broadcaster_id id*50? only_manageable_rewards:bool?",
        scopes=_READ,
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/channel_points/custom_rewards/redemptions", Auth.USER, _get_redemptions),
        query="broadcaster_id reward_id status=CANCELED|FULFILLED|UNFULFILLED? id*50? sort=OLDEST|NEWEST?",
        at_least_one="status id",
        scopes=_READ,
        own="broadcaster_id",
        page=Page(first_max=50),
    ),
    Row(
        *("PATCH", "/channel_points/custom_rewards", Auth.USER, _update),
        query="broadcaster_id id",
        body=f"title? cost:int? is_paused:bool? {_OPTIONAL}",
        scopes=_MANAGE,
        own="broadcaster_id",
    ),
    Row(
        *("PATCH", "/channel_points/custom_rewards/redemptions", Auth.USER, _update_redemptions),
        query="id*50 broadcaster_id reward_id",
        body="status=CANCELED|FULFILLED",
        scopes=_MANAGE,
        own="broadcaster_id",
    ),
)
