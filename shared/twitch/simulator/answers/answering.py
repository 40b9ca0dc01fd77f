"""From a row and a call to an answer."""

from collections.abc import Mapping
from typing import Any

from twitch.simulator.answers.asking import Asked, Given
from twitch.simulator.answers.pages import cut
from twitch.simulator.answers.rows import Row
from twitch.simulator.answers.shelves import Shelves
from twitch.simulator.calls import Answer, Call
from twitch.simulator.model import Model
from twitch.simulator.refusal import Refusal
from twitch.simulator.tokens import Tokens
from twitch.simulator.wire import Numbering


class Answers:
    """What the examples remember between calls, and the way through a row."""

    def __init__(self, model: Model, tokens: Tokens) -> None:
        self._model = model
        self._tokens = tokens
        self._shelves = Shelves()
        self._numbering = Numbering(model.options.seed, "answers")

    def answer(self, row: Row, call: Call) -> Answer | Refusal:
        """The example that answers the call, or why there is none."""
        if refused := row.refused(call, self._model, self._tokens):
            return refused
        example = row.example(Asked(call, self._model.people, self._shelves, self._numbering))
        if isinstance(example, Refusal):
            return example
        if example is None or isinstance(example, str):
            return Answer(row.status, example)
        given = example if isinstance(example, Given) else Given(example, {})
        return self._paged(row, call, given) if row.page else Answer(row.status, {"data": given.data, **given.extras})

    @staticmethod
    def _paged(row: Row, call: Call, given: Given) -> Answer | Refusal:
        assert row.page is not None
        data: Any = given.data
        within = row.page.within
        paged = cut(row.page, data[within] if within else data, call.parameters)
        if isinstance(paged, Refusal):
            return paged
        shown: Any = {**data, within: paged.items} if isinstance(data, Mapping) else paged.items
        return Answer(row.status, {"data": shown, **given.extras, "pagination": paged.pagination})
