"""An error answer as Twitch words it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """`error`, the status in words, is in all of Helix's errors and missing from most of id.twitch.tv's."""

    status: int
    message: str
    error: str | None = None

    @property
    def body(self) -> dict[str, object]:
        named = {} if self.error is None else {"error": self.error}
        return {**named, "status": self.status, "message": self.message}
