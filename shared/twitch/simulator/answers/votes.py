"""Polls and predictions: https://dev.twitch.tv/docs/api/reference/#get-polls and #get-predictions.

Nobody votes, and time ends neither: they stay as they were made until they are ended by a call.
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, uuid_of
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.refusal import Refusal

_READ_POLLS: Final = "channel:read:polls channel:manage:polls"
_READ_PREDICTIONS: Final = "channel:read:predictions channel:manage:predictions"


def _polls(asked: Asked) -> Shelf:
    def examples() -> list[Item]:
        titles = ("Heads or tails?", "Which map?", "Another round?")
        return [
            _poll(asked, asked.example_id("poll", number), title, ["One", "The other"])
            | {"status": "COMPLETED", "started_at": asked.at(-900), "ended_at": asked.at(-600)}
            for number, title in enumerate(titles)
        ]

    return asked.shelf("poll", asked.channel.user_id, examples)


def _poll(asked: Asked, poll_id: str, title: str, choices: list[str]) -> Item:
    no_votes = {"votes": 0, "channel_points_votes": 0, "bits_votes": 0}
    return {
        "id": poll_id,
        **broadcaster(asked.channel),
        "title": title,
        "choices": [{"id": uuid_of(poll_id, str(n)), "title": text, **no_votes} for n, text in enumerate(choices)],
        "bits_voting_enabled": False,
        "bits_per_vote": 0,
        "channel_points_voting_enabled": False,
        "channel_points_per_vote": 0,
        "status": "ACTIVE",
        "duration": 300,
        "started_at": asked.at(),
        "ended_at": None,
    }


def _get_polls(asked: Asked) -> Example | Refusal:
    found = _polls(asked).listed(asked.texts("id"), newest_first=True)
    return found or refusal(404, "The poll was not found.")


def _create_poll(asked: Asked) -> Example | Refusal:
    choices = [choice["title"] for choice in asked.field("choices")]
    if len(choices) < 2:
        return refusal(400, 'The parameter "choices" must have from 2 to 5 choices')
    if any(poll["status"] == "ACTIVE" for poll in _polls(asked).listed()):
        return refusal(400, "The channel already has an active poll.")
    made = _poll(asked, asked.new_id(), asked.text("title"), choices)
    given = asked.changes(("duration", "channel_points_voting_enabled", "channel_points_per_vote"))
    return [_polls(asked).put(made | given)]


def _end_poll(asked: Asked) -> Example | Refusal:
    poll = _polls(asked).get(asked.text("id"))
    if poll is None or (poll["status"] != "ACTIVE" and asked.text("status") != "ARCHIVED"):
        return refusal(400, "The poll must be active to terminate it.")
    return [_polls(asked).put({**poll, "status": asked.text("status"), "ended_at": asked.at()})]


def _predictions(asked: Asked) -> Shelf:
    def examples() -> list[Item]:
        titles = ("Any leeks in the stream?", "Under ten minutes?", "A win today?")
        return [_resolved(asked, number, title) for number, title in enumerate(titles)]

    return asked.shelf("prediction", asked.channel.user_id, examples)


def _resolved(asked: Asked, number: int, title: str) -> Item:
    made = _prediction(asked, asked.example_id("prediction", number), title, ["Yes", "No"])
    winner = {"channel_points_used": 500, "channel_points_won": 1_000}
    (first, second), person = made["outcomes"], asked.crowd()[0]
    predictor = {"user_id": person.user_id, "user_name": person.display_name, "user_login": person.login, **winner}
    outcomes = [{**first, "users": 1, "channel_points": 500, "top_predictors": [predictor]}, second]
    times = {"created_at": asked.at(-900), "locked_at": asked.at(-600), "ended_at": asked.at(-300)}
    return {**made, **times, "outcomes": outcomes, "status": "RESOLVED", "winning_outcome_id": first["id"]}


def _prediction(asked: Asked, prediction_id: str, title: str, outcomes: list[str]) -> Item:
    nothing: dict[str, Any] = {"users": 0, "channel_points": 0, "top_predictors": None}
    return {
        "id": prediction_id,
        **broadcaster(asked.channel),
        "title": title,
        "winning_outcome_id": None,
        "outcomes": [
            {"id": uuid_of(prediction_id, str(n)), "title": text, **nothing, "color": "PINK" if n == 1 else "BLUE"}
            for n, text in enumerate(outcomes)
        ],
        "prediction_window": 120,
        "status": "ACTIVE",
        "created_at": asked.at(),
        "ended_at": None,
        "locked_at": None,
    }


def _get_predictions(asked: Asked) -> Example:
    return _predictions(asked).listed(asked.texts("id"), newest_first=True)


def _create_prediction(asked: Asked) -> Example | Refusal:
    outcomes = [outcome["title"] for outcome in asked.field("outcomes")]
    if len(outcomes) < 2:
        return refusal(400, 'The parameter "outcomes" must have from 2 to 10 outcomes')
    if any(one["status"] in {"ACTIVE", "LOCKED"} for one in _predictions(asked).listed()):
        return refusal(400, "prediction event already active, only one allowed at a time")
    made = _prediction(asked, asked.new_id(), asked.text("title"), outcomes)
    return [_predictions(asked).put(made | asked.changes(("prediction_window",)))]


def _end_prediction(asked: Asked) -> Example | Refusal:
    found, status, winner = _predictions(asked).get(asked.text("id")), asked.text("status"), None
    if found is None:
        return refusal(404, "The prediction was not found.")
    if found["status"] not in {"ACTIVE", "LOCKED"}:
        return refusal(400, "prediction event has already ended")
    if status == "RESOLVED":
        winner = asked.text("winning_outcome_id")
        if all(outcome["id"] != winner for outcome in found["outcomes"]):
            return refusal(400, "The winning_outcome_id field must name an outcome if status is RESOLVED.")
    ended = {"locked_at" if status == "LOCKED" else "ended_at": asked.at()}
    return [_predictions(asked).put({**found, **ended, "status": status, "winning_outcome_id": winner})]


ROWS: Final = (
    Row(
        *("GET", "/polls", Auth.USER, _get_polls),
        query="broadcaster_id id*20?",
        scopes=_READ_POLLS,
        own="broadcaster_id",
        page=Page(first_max=20),
    ),
    Row(
        *("POST", "/polls", Auth.USER, _create_poll),
        body="broadcaster_id title choices*5:object choices.title duration:15-1800 channel_points_voting_enabled:bool?"
        " channel_points_per_vote:1-1000000?",
        scopes="channel:manage:polls",
        own="broadcaster_id",
    ),
    Row(
        *("PATCH", "/polls", Auth.USER, _end_poll),
        body="broadcaster_id id status=TERMINATED|ARCHIVED",
        scopes="channel:manage:polls",
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/predictions", Auth.USER, _get_predictions),
        query="broadcaster_id id*25?",
        scopes=_READ_PREDICTIONS,
        own="broadcaster_id",
        page=Page(first_max=25),
    ),
    Row(
        *("POST", "/predictions", Auth.USER, _create_prediction),
        body="broadcaster_id title outcomes*10:object outcomes.title prediction_window:30-1800",
        scopes="channel:manage:predictions",
        own="broadcaster_id",
    ),
    Row(
        *("PATCH", "/predictions", Auth.USER, _end_prediction),
        body="broadcaster_id id status=RESOLVED|CANCELED|LOCKED winning_outcome_id?",
        scopes="channel:manage:predictions",
        own="broadcaster_id",
    ),
)
