"""Goals and hype trains.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#goals-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import TIME, at
from twitch.simulator.examples.scene import Maker, Scene, named

_GOALS: Final = (
    "follow",
    "subscription",
    "subscription_count",
    "new_subscription",
    "new_subscription_count",
    "new_bit",
    "new_cheerer",
)


def _goal(scene: Scene, amount: int) -> dict[str, Any]:
    return {
        "id": scene.steady("goal"),
        **scene.channel,
        "type": scene.pick(_GOALS),
        "description": scene.pick(("Help me get partner!", "")),
        "current_amount": amount,
        "target_amount": 220,
    }


def goal_begun(scene: Scene) -> dict[str, Any]:
    return {**_goal(scene, 100), "started_at": TIME}


def goal_progressed(scene: Scene) -> dict[str, Any]:
    return {**_goal(scene, 120 + scene.turn), "started_at": at(-3600)}


def goal_ended(scene: Scene) -> dict[str, Any]:
    achieved = scene.every(2)
    end = {"is_achieved": achieved, "started_at": at(-7200), "ended_at": TIME}
    return {**_goal(scene, 221 if achieved else 180), **end}


def _train(scene: Scene, total: int, level: int) -> dict[str, Any]:
    """Regular, the two special ones, and a shared one by turns."""
    shared = scene.turn % 4 == 3
    participants = (scene.host, scene.neighbour()) if shared else ()
    gifts = {"type": "subscription", "total": 500} if scene.every(2) else {"type": "other", "total": 10}
    return {
        "id": scene.steady("train"),
        **scene.channel,
        "total": total,
        "level": level,
        "top_contributions": [
            {**named("user_", scene.somebody()), "type": "bits", "total": total // 2},
            {**named("user_", scene.somebody(1)), **gifts},
        ],
        "shared_train_participants": [named("broadcaster_user_", one) for one in participants] or None,
        "type": scene.pick(("regular", "golden_kappa", "treasure", "regular")),
        "is_shared_train": shared,
    }


def train_begun(scene: Scene) -> dict[str, Any]:
    train = _train(scene, 1370, 1)
    best = {"all_time_high_level": 9, "all_time_high_total": 26_500}
    return {**train, **best, "progress": 1370, "goal": 1600, "started_at": TIME, "expires_at": at(300)}


def train_progressed(scene: Scene) -> dict[str, Any]:
    train = _train(scene, 2100, 2)
    return {**train, "progress": 500, "goal": 1800, "started_at": at(-60), "expires_at": at(240)}


def train_ended(scene: Scene) -> dict[str, Any]:
    train = _train(scene, 3600, 3)
    return {**train, "started_at": at(-600), "ended_at": TIME, "cooldown_ends_at": at(3600)}


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("channel.goal.begin", "1"): goal_begun,
    ("channel.goal.progress", "1"): goal_progressed,
    ("channel.goal.end", "1"): goal_ended,
    ("channel.hype_train.begin", "2"): train_begun,
    ("channel.hype_train.progress", "2"): train_progressed,
    ("channel.hype_train.end", "2"): train_ended,
}
