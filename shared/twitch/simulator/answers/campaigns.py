"""Charity campaigns, goals and hype trains.

Sources: https://dev.twitch.tv/docs/api/reference/#get-charity-campaign, #get-creator-goals, #get-hype-train-status
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, user


def _amount(value: int) -> dict[str, Any]:
    return {"value": value, "decimal_places": 2, "currency": "USD"}


def _campaign(asked: Asked) -> Example:
    return [
        {
            "id": asked.example_id("campaign", 0),
            **broadcaster(asked.channel),
            "charity_name": "Example Charity",
            "charity_description": "Exists in the simulator only.",
            "charity_logo": "https://abc.cloudfront.net/ppgf/1000/100.png",
            "charity_website": "https://www.example.com",
            "current_amount": _amount(86_000),
            "target_amount": _amount(1_500_000),
        }
    ]


def _donations(asked: Asked) -> Example:
    return [
        {
            "id": asked.example_id("donation", number),
            "campaign_id": asked.example_id("campaign", 0),
            **user(person),
            "amount": _amount(500 * (number + 1)),
        }
        for number, person in enumerate(asked.crowd())
    ]


def _goals(asked: Asked) -> Example:
    return [
        {
            "id": asked.example_id("goal", 0),
            **broadcaster(asked.channel),
            "type": "follower",
            "description": "Follow goal for the simulator",
            "current_amount": 27_062,
            "target_amount": 30_000,
            "created_at": asked.at(-7 * 86400),
        }
    ]


def _hype_train(asked: Asked) -> Example:
    giver, subscriber = asked.crowd()[:2]
    train = {
        "id": asked.example_id("hype train", 0),
        **user(asked.channel, "broadcaster_user_"),
        "level": 2,
        "total": 700,
        "progress": 200,
        "goal": 1_000,
        "top_contributions": [
            {**user(giver), "type": "bits", "total": 50},
            {**user(subscriber), "type": "subscription", "total": 45},
        ],
        "shared_train_participants": None,
        "started_at": asked.at(-120),
        "expires_at": asked.at(180),
        "is_shared_train": False,
        "type": "regular",
    }
    best = {"level": 6, "total": 2_850, "achieved_at": asked.at(-60 * 86400)}
    return [{"current": train, "all_time_high": best, "shared_all_time_high": None}]


ROWS: Final = (
    Row(
        *("GET", "/charity/campaigns", Auth.USER, _campaign),
        query="broadcaster_id",
        scopes="channel:read:charity",
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/charity/donations", Auth.USER, _donations),
        query="broadcaster_id",
        scopes="channel:read:charity",
        own="broadcaster_id",
        page=Page(),
    ),
    Row(
        *("GET", "/goals", Auth.USER, _goals),
        query="broadcaster_id",
        scopes="channel:read:goals",
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/hypetrain/status", Auth.USER, _hype_train),
        query="broadcaster_id",
        scopes="channel:read:hype_train",
        own="broadcaster_id",
    ),
)
