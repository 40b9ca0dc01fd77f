"""Channel points: rewards and redemptions, polls and predictions.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-points-custom-reward-add-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import TIME, UUID, at
from twitch.simulator.examples.fragments import NAMED_EMOTE, rewarded, with_positions
from twitch.simulator.examples.scene import Maker, Scene, named

_REWARD: Final = {"title": "Hydrate!", "cost": 500, "prompt": "Make sure I stay hydrated today"}
_IMAGES: Final = "https://static-cdn.jtvnw.net/custom-reward-images"


def _images(name: str) -> dict[str, str]:
    return {f"url_{size}x": f"{_IMAGES}/{name}-{size}.png" for size in (1, 2, 4)}


def _reward_id(scene: Scene) -> str:
    return scene.condition.get("reward_id") or scene.steady("reward")


def reward(scene: Scene) -> dict[str, Any]:
    """With every limit and an image of its own, and with none, by turns."""
    limited = scene.every(2)
    return {
        "id": _reward_id(scene),
        **scene.channel,
        "is_enabled": True,
        "is_paused": False,
        "is_in_stock": True,
        **_REWARD,
        "is_user_input_required": scene.every(4),
        "should_redemptions_skip_request_queue": False,
        "cooldown_expires_at": at(300) if limited else None,
        "redemptions_redeemed_current_stream": 12 if limited else None,
        "max_per_stream": {"is_enabled": limited, "value": 1000 if limited else 0},
        "max_per_user_per_stream": {"is_enabled": limited, "value": 10 if limited else None},
        "global_cooldown": {"is_enabled": limited, "seconds": 300 if limited else None},
        "background_color": "#FA1ED2",
        "image": _images("mine") if limited else None,
        "default_image": _images("default"),
    }


def redemption(scene: Scene) -> dict[str, Any]:
    return {
        "id": UUID,
        **scene.channel,
        **scene.user,
        "user_input": scene.pick(("", scene.text)),
        "status": scene.pick(("unfulfilled", "unfulfilled", "fulfilled")),
        "reward": {"id": _reward_id(scene), **_REWARD},
        "redeemed_at": TIME,
    }


def redemption_updated(scene: Scene) -> dict[str, Any]:
    return {**redemption(scene), "status": scene.pick(("fulfilled", "canceled")), "redeemed_at": at(-60)}


_AUTOMATIC: Final = (
    "send_highlighted_message",
    "single_message_bypass_sub_mode",
    "random_sub_emote_unlock",
    "chosen_sub_emote_unlock",
    "chosen_modified_sub_emote_unlock",
)
_WITH_BITS: Final = ("message_effect", "gigantify_an_emote", "celebration")


def automatic_v1(scene: Scene) -> dict[str, Any]:
    type_ = scene.pick(_AUTOMATIC + _WITH_BITS)
    unlocked = NAMED_EMOTE if "unlock" in type_ else None
    written = "message" in type_
    return {
        "id": UUID,
        **scene.channel,
        **scene.user,
        "reward": {"type": type_, "cost": 300, "unlocked_emote": unlocked},
        "message": with_positions(scene.text, emote=scene.every(2)) if written else None,
        "user_input": scene.text if written else None,
        "redeemed_at": TIME,
    }


def automatic_v2(scene: Scene) -> dict[str, Any]:
    type_ = scene.pick(_AUTOMATIC)
    emote = NAMED_EMOTE if "unlock" in type_ else None
    return {
        "id": UUID,
        **scene.channel,
        **scene.user,
        "reward": {"type": type_, "channel_points": 300, "emote": emote},
        "message": rewarded(scene.text, emote=scene.every(2)) if "message" in type_ else None,
        "redeemed_at": TIME,
    }


def _poll(scene: Scene, votes: int) -> dict[str, Any]:
    """With so many votes on its first choice; without any, choices don't tell of votes at all."""
    choices: list[dict[str, Any]] = []
    for index, title in enumerate(("Yes!", "No!", "Maybe!")):
        count = max(votes - 7 * index, 0)
        told = {"bits_votes": 0, "channel_points_votes": count // 3, "votes": count} if votes else {}
        choices.append({"id": scene.steady(title), "title": title, **told})
    voting = {"is_enabled": scene.every(2), "amount_per_vote": 10 if scene.every(2) else 0}
    return {
        "id": scene.steady("poll"),
        **scene.channel,
        "title": "Are shoes just really hard socks?",
        "choices": choices,
        "bits_voting": {"is_enabled": False, "amount_per_vote": 0},
        "channel_points_voting": voting,
    }


def poll_begun(scene: Scene) -> dict[str, Any]:
    return {**_poll(scene, 0), "started_at": TIME, "ends_at": at(120)}


def poll_progressed(scene: Scene) -> dict[str, Any]:
    return {**_poll(scene, 20), "started_at": at(-60), "ends_at": at(60)}


def poll_ended(scene: Scene) -> dict[str, Any]:
    status = scene.pick(("completed", "terminated", "archived"))
    return {**_poll(scene, 120), "status": status, "started_at": at(-120), "ended_at": TIME}


def _prediction(scene: Scene, *, wagers: bool, winner: str | None = None) -> dict[str, Any]:
    """Without wagers, outcomes tell of none; with a winner, of what was won."""
    outcomes: list[dict[str, Any]] = []
    for title, color, points in (("Yeah!", "blue", 15_000), ("No!", "pink", 9_000)):
        won = None if winner is None else 2 * points if winner == title else 0
        best = {"channel_points_won": won, "channel_points_used": points}
        top = [named("user_", scene.somebody(len(outcomes))) | best] if scene.turn % 4 != 3 else None
        told = {"users": 1 if top else 0, "channel_points": points if top else 0, "top_predictors": top}
        outcome = {"id": scene.steady(title), "title": title, "color": color}
        outcomes.append({**outcome, **(told if wagers else {})})
    return {"id": scene.steady("prediction"), **scene.channel, "title": "Will I win this one?", "outcomes": outcomes}


def prediction_begun(scene: Scene) -> dict[str, Any]:
    return {**_prediction(scene, wagers=False), "started_at": TIME, "locks_at": at(120)}


def prediction_progressed(scene: Scene) -> dict[str, Any]:
    return {**_prediction(scene, wagers=True), "started_at": at(-60), "locks_at": at(60)}


def prediction_locked(scene: Scene) -> dict[str, Any]:
    return {**_prediction(scene, wagers=True), "started_at": at(-120), "locked_at": TIME}


def prediction_ended(scene: Scene) -> dict[str, Any]:
    """Resolved and canceled by turns; who cancels names no winner."""
    winner = "Yeah!" if scene.every(2) else None
    return {
        **_prediction(scene, wagers=True, winner=winner),
        "winning_outcome_id": None if winner is None else scene.steady(winner),
        "status": "canceled" if winner is None else "resolved",
        "started_at": at(-600),
        "ended_at": TIME,
    }


_POINTS: Final = "channel.channel_points"
MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    (f"{_POINTS}_automatic_reward_redemption.add", "1"): automatic_v1,
    (f"{_POINTS}_automatic_reward_redemption.add", "2"): automatic_v2,
    (f"{_POINTS}_custom_reward.add", "1"): reward,
    (f"{_POINTS}_custom_reward.update", "1"): reward,
    (f"{_POINTS}_custom_reward.remove", "1"): reward,
    (f"{_POINTS}_custom_reward_redemption.add", "1"): redemption,
    (f"{_POINTS}_custom_reward_redemption.update", "1"): redemption_updated,
    ("channel.poll.begin", "1"): poll_begun,
    ("channel.poll.progress", "1"): poll_progressed,
    ("channel.poll.end", "1"): poll_ended,
    ("channel.prediction.begin", "1"): prediction_begun,
    ("channel.prediction.progress", "1"): prediction_progressed,
    ("channel.prediction.lock", "1"): prediction_locked,
    ("channel.prediction.end", "1"): prediction_ended,
}
