"""`python -m jobs chat`: the conversation in a terminal, with heat maps, progress and Ctrl+C; plain text where it is piped."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console, RenderableType

from agent.registries import discover_all
from agent.replying.ask import say_error
from agent.state import Message, Turn
from agent.turn import Agent
from core.blocks import Choices
from core.errors import UserError
from core.languages import complete, languages
from core.progress import Progress
from core.settings import read_settings
from core.words import words_beside
from jobs.reporting.chat_blocks import folded, render
from jobs.shared.terminal import add_dataset, add_model, add_precision
from models.catalog import find
from models.weights.memory import NAMES

WORDS = words_beside(__file__)
SESSION = "terminal"
PROMPT = "› "
AUTO = "auto"
BYTE_ORDER_MARK = "\ufeff"  # with which files from Windows begin
LOOK = 0.1  # seconds between two looks at the worker, in which Ctrl+C is heard
HISTORY = "chat_history"  # the line editor's, in the cache folder
LINES = 1000  # of it that are kept


def main(argv: Sequence[str]) -> int:
    """Exit status 0 at the end of the input, or after /quit."""
    options = _options(argv)
    discover_all()
    settings = read_settings()
    console = Console(markup=False, highlight=False, emoji=False)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(options.session) if options.session else Path(folder) / "session.sqlite"
        wish = Message(
            language=options.language,
            interface=options.language if options.language in complete() else "en",
            model=options.model or settings.model,
            precision=options.precision,
            dataset=options.dataset or settings.dataset,
        )
        chat = Chat(Agent(settings, store, local_files=True), console, wish)
        chat.run(_typed(settings.cache / HISTORY) if sys.stdin.isatty() else _piped())
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs chat", description=__doc__)
    add_model(parser)
    add_dataset(parser)
    add_precision(parser)
    parser.add_argument("--language", default=AUTO, choices=(AUTO, *complete()), help="language of the answers")
    parser.add_argument("--session", help="a file that keeps the conversation between calls")
    return parser.parse_args(argv)


def _piped() -> Iterator[str]:
    """The lines of a pipe or a file. Raises UserError("bad_table") for bytes that are no UTF-8."""
    try:
        return iter(sys.stdin.read().removeprefix(BYTE_ORDER_MARK).splitlines())
    except UnicodeDecodeError as error:
        raise UserError("bad_table", file="stdin", reason="encoding", detail=error) from error


def _typed(history: Path) -> Iterator[str]:
    """Lines from the keyboard until Ctrl+D, with the line editor's history; Ctrl+C clears the line."""
    editor = importlib.import_module("readline") if find_spec("readline") else None
    if editor and history.exists():
        editor.read_history_file(history)
    try:
        while True:
            try:
                yield input(PROMPT)
            except KeyboardInterrupt:
                print()
            except EOFError:
                return
    finally:
        if editor:
            history.parent.mkdir(parents=True, exist_ok=True)
            history.touch(mode=0o600)
            editor.set_history_length(LINES)
            editor.write_history_file(history)


@dataclass
class Chat:
    """One conversation. `wish` is a message without text: the language, model, precision and data of the next one."""

    agent: Agent
    console: Console
    wish: Message
    last: Turn | None = None
    _commands: dict[str, Callable[[str], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._commands = {
            "/lang": self._language,
            "/model": self._model,
            "/data": self._data,
            "/precision": self._precision,
            "/more": self._more,
            "/new": self._new,
            "/help": self._help,
        }

    def run(self, lines: Iterator[str]) -> None:
        """Answer every line until the last one, or /quit."""
        if self.console.is_terminal:
            self._say("hello", model=self.wish.model)
        for line in lines:
            if line.strip() in ("/quit", "/exit"):
                break
            if line.strip():
                self.line(line.strip())
        if self.console.is_terminal:
            self._say("bye")

    def line(self, line: str) -> None:
        """A command, the number of a suggestion, or a question."""
        name, _, rest = line.partition(" ")
        if name in self._commands:
            self._commands[name](rest.strip())
        elif name.startswith("/") and name[1:].isalpha():
            self._say("unknown", command=name, known=", ".join((*self._commands, "/quit")))
        else:
            query = self._offered(line)
            self._show(self._answer(replace(self.wish, query=query) if query else replace(self.wish, text=line)))

    def _offered(self, line: str) -> str:
        """The query of the suggestion that was picked by its number; "" where the line is a question."""
        blocks = self.last.reply.blocks if self.last else ()
        queries = [query for block in blocks if isinstance(block, Choices) for query in block.queries]
        number = int(line) if line.isdecimal() and len(line) < 3 else 0
        return queries[number - 1] if 0 < number <= len(queries) else ""

    def _answer(self, message: Message) -> Turn:
        """The turn, worked on beside this thread: the first Ctrl+C stops it, a second one ends the chat."""
        made: list[Turn] = []
        with self.console.status("") as status:

            def show(step: str, done: float) -> None:
                status.update(f"{self.agent.step_words(step, self.wish.interface)} {done:.0%}")

            progress = Progress(show)
            work = threading.Thread(
                target=lambda: made.append(self.agent.turn(SESSION, message, progress)), daemon=True
            )
            work.start()
            while work.is_alive():
                try:
                    work.join(LOOK)
                except KeyboardInterrupt:
                    if progress.stopped.is_set():
                        raise
                    progress.stop()
                    self._say("stopping")
        return made[0]

    def _show(self, turn: Turn) -> None:
        self.last = turn
        self._print(render(turn.reply.blocks), turn.reply.plain)

    def _print(self, drawn: RenderableType, plain: str) -> None:
        """Drawn on a terminal; as plain text where the output goes elsewhere."""
        if self.console.is_terminal:
            self.console.print(drawn)
        else:
            print(plain, end="\n\n", file=self.console.file, flush=True)

    def _say(self, key: str, **facts: object) -> None:
        said = WORDS.say(key, self.wish.interface, **facts)
        self._print(said, said)

    def _language(self, code: str) -> None:
        if code not in (AUTO, *complete()):
            self._say("no_language", code=code, known=", ".join((AUTO, *complete())))
        elif code == AUTO:
            self.wish = replace(self.wish, language=AUTO)
            self._say("language_auto")
        else:
            self.wish = replace(self.wish, language=code, interface=code)
            self._say("language", language=languages()[code].native)

    def _model(self, name: str) -> None:
        try:
            title = find(name).title
        except UserError as error:
            said = say_error(error, self.wish.interface)
            return self._print(said, said)
        self.wish = replace(self.wish, model=name)
        return self._say("model", model=title)

    def _data(self, name: str) -> None:
        try:
            title = self.agent.dataset(SESSION, name).schema.title_in(self.wish.interface)
        except UserError as error:
            said = say_error(error, self.wish.interface)
            return self._print(said, said)
        self.wish = replace(self.wish, dataset=name)
        return self._say("dataset", dataset=title)

    def _precision(self, name: str) -> None:
        if name not in NAMES:
            said = say_error(UserError("unknown_choice", name=name, known=", ".join(NAMES)), self.wish.interface)
            return self._print(said, said)
        self.wish = replace(self.wish, precision=name)
        return self._say("precision", precision=name)

    def _more(self, _: str) -> None:
        if self.last is None or self.last.problem is not None:
            return self._say("no_more")
        return self._print(folded(self.last.reply.blocks), self.last.reply.plain)

    def _new(self, _: str) -> None:
        self.agent.forget(SESSION)
        self.last = None
        self._say("cleared")

    def _help(self, _: str) -> None:
        names = ", ".join(complete())
        lines = [WORDS.say(f"help.{key}", self.wish.interface, languages=names) for key in WORDS.get("help", "en")]
        self._print("\n".join(lines), "\n".join(lines))
