"""A channel's schedule: https://dev.twitch.tv/docs/api/reference/#get-channel-stream-schedule and those after it."""

from datetime import datetime, timedelta
from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, game_name, stamp
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import missing, refusal
from twitch.simulator.refusal import Refusal

_MANAGE: Final = "channel:manage:schedule"
_MINUTES: Final = (30, 1380)  # of a segment
_VACATION: Final = ("vacation_start_time", "vacation_end_time")


def _segments(asked: Asked) -> Shelf:
    def examples() -> list[Item]:
        return [_example(asked, number) for number in range(5)]

    return asked.shelf("segment", asked.channel.user_id, examples)


def _example(asked: Asked, number: int) -> Item:
    begin = (number + 1) * 7 * 86400
    return {
        "id": asked.example_id("segment", number),
        "start_time": asked.at(begin),
        "end_time": asked.at(begin + 4 * 3600),
        "title": "The weekly stream",
        "canceled_until": None,
        "category": {"id": "509658", "name": "Just Chatting"},
        "is_recurring": True,
    }


def _shown(asked: Asked, segments: list[Item]) -> dict[str, Any]:
    vacation = asked.settings("vacation", asked.channel.user_id, {}).get("dates")
    return {"segments": segments, **broadcaster(asked.channel), "vacation": vacation}


def _get(asked: Asked) -> Example:
    return _shown(asked, _segments(asked).listed(asked.texts("id")))


def _calendar(asked: Asked) -> Example:
    lines = ["BEGIN:VCALENDAR", "PRODID:-//twitch.tv//StreamSchedule//1.0", "VERSION:2.0", "CALSCALE:GREGORIAN"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", f"NAME:{asked.channel.display_name}"]
    for segment in _segments(asked).listed():
        begin, end = (segment[name].translate({45: None, 58: None}) for name in ("start_time", "end_time"))
        lines += ["BEGIN:VEVENT", f"UID:{segment['id']}", f"DTSTAMP:{begin}", f"DTSTART:{begin}", f"DTEND:{end}"]
        lines += [f"SUMMARY:{segment['title']}", "RRULE:FREQ=WEEKLY" if segment["is_recurring"] else "", "END:VEVENT"]
    return "\r\n".join([*filter(None, lines), "END:VCALENDAR", ""])


def _settings(asked: Asked) -> Example | Refusal:
    vacation = asked.settings("vacation", asked.channel.user_id, {})
    if asked.flag("is_vacation_enabled"):
        for name in (*_VACATION, "timezone"):
            if not asked.text(name):
                return missing(name)
        begin, end = map(asked.text, _VACATION)
        vacation["dates"] = {"start_time": begin, "end_time": end}
    else:
        vacation.clear()
    return None


def _create(asked: Asked) -> Example | Refusal:
    if wrong := _wrong_duration(asked):
        return wrong
    blank = {"id": asked.new_id(), "title": "", "canceled_until": None, "category": None, "is_recurring": False}
    segment = _segments(asked).put(_changed(asked, blank))
    return _shown(asked, [segment])


def _update(asked: Asked) -> Example | Refusal:
    segment = _segments(asked).get(asked.text("id"))
    if segment is None:
        return refusal(404, "The segment was not found.")
    if wrong := _wrong_duration(asked):
        return wrong
    return _shown(asked, [_segments(asked).put(_changed(asked, segment))])


def _wrong_duration(asked: Asked) -> Refusal | None:
    text = asked.text("duration")
    if not text or (text.isdecimal() and len(text) <= 4 and _MINUTES[0] <= int(text) <= _MINUTES[1]):
        return None
    return refusal(400, 'The parameter "duration" must be between {} and {}'.format(*_MINUTES))


def _changed(asked: Asked, segment: Item) -> Item:
    begin = _time(asked.text("start_time") or segment["start_time"])
    length = _time(segment["end_time"]) - _time(segment["start_time"]) if "end_time" in segment else timedelta(hours=4)
    if minutes := asked.integer("duration"):
        length = timedelta(minutes=minutes)
    times = {"start_time": stamp(begin.timestamp()), "end_time": stamp((begin + length).timestamp())}
    changed = {**segment, **times, **asked.changes(("title", "is_recurring"))}
    if category_id := asked.text("category_id"):
        changed["category"] = {"id": category_id, "name": game_name(category_id)}
    if (canceled := asked.field("is_canceled")) is not None:
        changed["canceled_until"] = times["end_time"] if canceled else None
    return changed


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


def _delete(asked: Asked) -> Example:
    _segments(asked).take(asked.text("id"))
    return None


ROWS: Final = (
    Row(
        *("GET", "/schedule", Auth.EITHER, _get),
        query="broadcaster_id id*100? start_time:time? utc_offset?",
        page=Page(first_max=25, within="segments"),
    ),
    Row("GET", "/schedule/icalendar", Auth.NOBODY, _calendar, query="broadcaster_id"),
    Row(
        *("PATCH", "/schedule/settings", Auth.USER, _settings),
        query="broadcaster_id is_vacation_enabled:bool? vacation_start_time:time? vacation_end_time:time? timezone?",
        scopes=_MANAGE,
        own="broadcaster_id",
        status=204,
    ),
    Row(
        *("POST", "/schedule/segment", Auth.USER, _create),
        query="broadcaster_id",
        body="start_time:time timezone duration is_recurring:bool? category_id? title?",
        scopes=_MANAGE,
        own="broadcaster_id",
    ),
    Row(
        *("PATCH", "/schedule/segment", Auth.USER, _update),
        query="broadcaster_id id",
        body="start_time:time? duration? category_id? title? is_canceled:bool? timezone?",
        scopes=_MANAGE,
        own="broadcaster_id",
    ),
    Row(
        *("DELETE", "/schedule/segment", Auth.USER, _delete),
        query="broadcaster_id id",
        scopes=_MANAGE,
        own="broadcaster_id",
        status=204,
    ),
)
