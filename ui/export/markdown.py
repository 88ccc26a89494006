"""A conversation as Markdown: every block in its plain form, and nothing in a user's text that a reader would take for markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import regex

from agent.sharing.code import command
from agent.sharing.reopen import repeatable
from agent.state import Turn
from core.blocks import Badge, Block, Code, Fold, Notice, Rows
from core.languages import clean
from ui.export.saved import Saved, answer_blocks, files, question

_MARKUP = regex.compile(r"[`*_\[\]|~]")
# what makes a list or a heading where a line begins with it
_FIRST = regex.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=#]))")
_ADDRESS = regex.compile(r"(?i)(?<=\bwww)(?=\.)")
# entities, where a backslash would not do: HTML, mathematics in notebooks, and addresses that some readers turn into links
_ENTITIES = {"&": "&amp;", "\\": "&#92;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "@": "&#64;", "://": "&#58;//"}
_FENCE = regex.compile(r"`{3,}")


def document(saved: Saved) -> str:
    """The whole conversation, oldest question first."""
    parts = [f"# {escape(saved.say('title'))}", escape(saved.summary)]
    for turn in saved.turns:
        parts += [asked(turn, saved), told(turn), repeat(turn, saved)]
    return _together(parts) + "\n"


def asked(turn: Turn, saved: Saved) -> str:
    """The question under a heading, and how it was understood."""
    said = escape(question(turn))
    understood = f"{escape(saved.say('understood'))}: {_inline(turn.reply.parse)}" if turn.reply.parse else ""
    return _together([f"## {escape(saved.say('question'))}", said, understood])


def told(turn: Turn) -> str:
    """The answer."""
    return _together(map(written, answer_blocks(turn)))


def repeat(turn: Turn, saved: Saved) -> str:
    """The commands that give the answer again; "" where there are none."""
    requests = repeatable(turn)
    commands = "\n".join(filter(None, map(command, requests)))
    if not commands:
        return ""
    needed = [escape(saved.say("file", file=file)) for file in files(requests)]
    return _together([f"{escape(saved.say('again'))}:", *needed, fenced(commands, "sh")])


def escape(text: str) -> str:
    """The text as a paragraph that reads as it was written: no heading, list, table, link, HTML or formula comes of it."""
    lines = [_line(line.strip()) for line in clean(text).splitlines()]
    return "  \n".join(line for line in lines if line)


def _line(line: str) -> str:
    for sign, entity in _ENTITIES.items():
        line = line.replace(sign, entity)
    safe: str = _MARKUP.sub(r"\\\g<0>", line)
    return str(_ADDRESS.sub(r"\\", _FIRST.sub(r"\1\\", safe)))


def fenced(text: str, syntax: str = "") -> str:
    """Lines of code between fences longer than any run of backticks in them."""
    text = clean(text)
    runs = [len(run) for run in _FENCE.findall(text)]
    fence = "`" * max(3, *(length + 1 for length in runs)) if runs else "```"
    return f"{fence}{syntax}\n{text.rstrip()}\n{fence}"


def _inline(text: str) -> str:
    """A stretch of code in a sentence."""
    line = " ".join(clean(text).split())
    ticks = "`" * (1 + max((len(run) for run in regex.findall("`+", line)), default=0))
    return f"{ticks} {line} {ticks}" if "`" in line else f"`{line}`"


def written(block: Block) -> str:
    """A block: tables as tables, code as code, all else in its plain form."""
    return WRITERS.get(type(block), _plain)(block)


def _plain(block: Any) -> str:
    return escape(block.plain)


def _rows(block: Rows) -> str:
    head = [_cells(block.columns), "|" + " --- |" * len(block.columns)]
    table = "\n".join([*head, *map(_cells, block.cells)])
    return _together([_marked("**", block.title), table])


def _cells(cells: Sequence[str]) -> str:
    """A row; a cell is one line, and an empty one a space."""
    return "| " + " | ".join(escape(" ".join(cell.split())) or " " for cell in cells) + " |"


def _badge(block: Badge) -> str:
    return _together([_marked("**", block.text), *map(written, block.fold)])


def _fold(block: Fold) -> str:
    return _together([_marked("*", block.title), *map(written, block.blocks)])


def _notice(block: Notice) -> str:
    return "> " + escape(block.text).replace("\n", "\n> ")


def _code(block: Code) -> str:
    return _together([escape(block.title), fenced(block.text)])


def _marked(sign: str, text: str) -> str:
    """The text between signs; nothing for none, since signs alone would be a line across the page."""
    safe = escape(text)
    return f"{sign}{safe}{sign}" if safe else ""


def _together(parts: Iterable[str]) -> str:
    """Parts with an empty line between them."""
    return "\n\n".join(part for part in parts if part)


WRITERS: dict[type, Callable[[Any], str]] = {Rows: _rows, Badge: _badge, Fold: _fold, Notice: _notice, Code: _code}
