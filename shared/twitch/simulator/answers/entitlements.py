"""Drops: https://dev.twitch.tv/docs/api/reference/#get-drops-entitlements and the one after it."""

from typing import Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import GAMES, uuid_of
from twitch.simulator.answers.shelves import Item, Shelf

_FILTERS: Final = ("user_id", "game_id", "fulfillment_status")


def _entitlements(asked: Asked) -> Shelf:
    """Of the client. A user who is named for the first time has some, too."""
    client_id, user_id = asked.call.caller.client_id, asked.text("user_id") or asked.caller.user_id
    shelf = asked.shelf("entitlement", client_id, tuple)
    if all(row["user_id"] != user_id for row in shelf.listed()):
        for number in range(5):
            shelf.put(_example(asked, user_id, number))
    return shelf


def _example(asked: Asked, user_id: str, number: int) -> Item:
    client_id, made_at = asked.call.caller.client_id, asked.at(-3600 * (number + 1))
    return {
        "id": uuid_of("entitlement", client_id, user_id, str(number)),
        "benefit_id": uuid_of("benefit", client_id),
        "timestamp": made_at,
        "user_id": user_id,
        "game_id": asked.text("game_id", GAMES[1][0]),
        "fulfillment_status": "CLAIMED",
        "last_updated": made_at,
    }


def _get(asked: Asked) -> Example:
    wanted = {name: asked.text(name) for name in _FILTERS if asked.text(name)}
    if not asked.call.caller.is_app:  # a user's token sees that user's alone
        wanted["user_id"] = asked.caller.user_id
    rows = _entitlements(asked).listed(asked.texts("id"))
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _update(asked: Asked) -> Example:
    shelf, status = _entitlements(asked), asked.text("fulfillment_status")
    outcomes: dict[str, list[str]] = {}
    for entitlement_id in asked.texts("entitlement_ids"):
        row = shelf.get(entitlement_id)
        if row is not None and status:
            shelf.put({**row, "fulfillment_status": status, "last_updated": asked.at()})
        outcomes.setdefault("NOT_FOUND" if row is None else "SUCCESS", []).append(entitlement_id)
    return [{"status": outcome, "ids": ids} for outcome, ids in sorted(outcomes.items())]


ROWS: Final = (
    Row(
        *("GET", "/entitlements/drops", Auth.EITHER, _get),
        query="id*100? user_id? game_id? fulfillment_status=CLAIMED|FULFILLED?",
        page=Page(first_max=1000),
    ),
    Row(
        *("PATCH", "/entitlements/drops", Auth.EITHER, _update),
        body="entitlement_ids*100? fulfillment_status=CLAIMED|FULFILLED?",
    ),
)
