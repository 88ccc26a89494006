"""Polylens in a program: questions in any language, or operations by name, and typed answers.

explain = Polylens(model="e5-small")
turn = explain.ask("Why is 12 negative?")
print(turn.reply.plain, turn.explanation, turn.faithfulness)
print(explain.call("attribute", text="The battery died.", method="lime").reply.plain)
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from agent.arguments import message_of, parameters
from agent.registries import discover_all
from agent.state import FAILED, STOPPED, Message, Turn
from agent.turn import Agent
from core.dialogue import Scalar
from core.errors import Stopped, UserError
from core.operation import OPERATIONS
from core.progress import Listener, Progress
from core.settings import Settings, read_settings

SESSION = "library"
DEFECT = "defect"  # the kind of what is nobody's mistake but ours; it stands in the log under its number


class Polylens:
    """One conversation about one explained model. Models load when they are first needed, and are shared within the process.

    `model` is a name of the catalogue, hub:owner/name[@revision] or file:/path; `dataset` a task, a file or hub:owner/name;
    `language` "auto" or that of all answers; `settings` are read from the environment where none are given. What the defaults
    are stands in core/settings.py. Raises UserError("bad_setting").
    """

    def __init__(
        self,
        model: str = "",
        dataset: str = "",
        precision: str = "",
        language: str = "auto",
        settings: Settings | None = None,
    ) -> None:
        discover_all()
        self.settings = settings or read_settings()
        self._wish = Message(language=language, model=model, precision=precision, dataset=dataset)
        self._folder = tempfile.TemporaryDirectory(prefix="polylens-")
        self.agent = Agent(self.settings, Path(self._folder.name) / "session.sqlite", local_files=True)

    def ask(self, text: str, fields: Mapping[str, str] | None = None, progress: Listener | None = None) -> Turn:
        """The answer to a question, or a question back (`turn.clarification`); later ones may go on from earlier ones.

        `fields` are a text of your own for tasks with several fields, by their names. Raises UserError, with a note in words
        that says what would work.
        """
        return self._turn(replace(self._wish, text=text, fields=tuple((fields or {}).items())), progress)

    def query(self, query: str, progress: Listener | None = None) -> Turn:
        """The answer to a canonical query: `attribute(k=3) where id = 12; predict where id = 12`. Raises UserError."""
        return self._turn(replace(self._wish, query=query), progress)

    def call(
        self, operation: str, /, progress: Listener | None = None, **given: Scalar | Mapping[str, str] | None
    ) -> Turn:
        """The answer of one operation, by its name and arguments: `id`, `text`, `fields`, `where`, and its slots.

        `arguments(operation)` lists them. Raises UserError: unknown_operation, unknown_slot, bad_argument, only_one, and more.
        """
        asked = message_of(OPERATIONS[operation], given, self.settings.max_characters)
        wish = self._wish
        message = replace(
            wish,
            query=asked.query,
            language=asked.language if "language" in given else wish.language,
            model=asked.model or wish.model,
            precision=asked.precision or wish.precision,
            dataset=asked.dataset or wish.dataset,
        )
        return self._turn(message, progress)

    def arguments(self, operation: str) -> dict[str, str]:
        """What `call` takes for this operation, and what each argument means."""
        return {one.name: one.about for one in parameters(OPERATIONS[operation])}

    @property
    def history(self) -> tuple[Turn, ...]:
        """The turns so far, oldest first."""
        return self.agent.history(SESSION)

    def _turn(self, message: Message, progress: Listener | None) -> Turn:
        made = self.agent.turn(SESSION, message, Progress(progress) if progress else Progress())
        if made.outcome == STOPPED:
            raise Stopped(message.text or message.query)
        if made.problem is not None and made.outcome == FAILED:
            if made.problem.kind == DEFECT:
                raise RuntimeError(made.reply.plain)
            error = UserError(made.problem.kind, **dict(made.problem.facts))
            error.add_note(made.reply.plain)
            raise error
        return made
