"""A conversation as one HTML file: the page's own look, readable offline, light and dark, without any script."""

from __future__ import annotations

import regex

from agent.sharing.code import command, snippet
from agent.sharing.reopen import repeatable
from agent.state import Turn
from core.blocks import Code, Notice
from core.languages import direction
from core.operation import OPERATIONS
from ui.blocks import CHEVRON, code, notice, render
from ui.export.saved import Saved, answer_blocks, files
from ui.markup import Markup, join, tag
from ui.theme import CSS, MONO, SANS
from ui.turns import question
from ui.understood import understood

POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # a browser runs and fetches nothing, whatever the file holds
DARK = regex.compile(r"^\.dark \{(.*?)^\}", regex.M | regex.S)
OWN = """
:root { --font: %s; --font-mono: %s; }
body { margin: 0; padding: 1rem; color: var(--ink); font-family: var(--font); }
#shell { display: block; max-width: var(--measure); margin-inline: auto; }
#shell > header { padding-block: 1.5rem; }
#shell > header h1 { margin: 0 0 0.5rem; font: 600 1.7rem/1.2 var(--display); }
#shell > header p { margin: 0; color: var(--soft); }
#shell .understood { margin-block: 0.75rem; }
#shell .code-block pre { max-height: none; white-space: pre-wrap; }
"""


def page(saved: Saved) -> str:
    """The whole file."""
    title = saved.say("title")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    header = tag("header", tag("h1", title), tag("p", saved.summary))
    shell = tag("main", header, *(_turn(turn, saved) for turn in saved.turns), id="shell")
    body = tag("html", head, tag("body", shell), lang=saved.language, dir=direction(saved.language))
    return f"<!doctype html>\n{body}\n"


def _style() -> str:
    """The page's stylesheet; its dark colours follow the reader's system, since no script can switch them here."""
    sheet = CSS.read_text("utf-8")
    dark = DARK.search(sheet)
    colours = f"@media (prefers-color-scheme: dark) {{ :root {{{dark[1]}}} }}" if dark else ""
    return sheet + OWN % (_fonts(SANS), _fonts(MONO)) + colours


def _fonts(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' if " " in name else name for name in names)


def _turn(turn: Turn, saved: Saved) -> Markup:
    spoken = turn.reply.language
    line = understood(turn, saved.language, saved.schema_of(turn.message.dataset))
    return tag(
        "article",
        question(turn.message, turn.reply.parse, saved.language),
        tag("p", tag("span", f"{saved.say('understood')}: "), tag("bdi", line), class_="understood") if line else None,
        tag("div", render(answer_blocks(turn)), class_="answer", lang=spoken, dir=direction(spoken)),
        _again(turn, saved),
        class_=f"turn {turn.outcome}",
    )


def _again(turn: Turn, saved: Saved) -> Markup | None:
    """Program and command that give the answer again, folded."""
    requests = repeatable(turn)
    if not requests:
        return None
    words = OPERATIONS["code"].words
    python, shell = (words.say(f"part.{name}", saved.language) for name in ("python", "shell"))
    needed = [notice(Notice("note", saved.say("file", file=file))) for file in files(requests)]
    parts = [
        join(code(Code(snippet(one), python)), code(Code(said, shell)) if (said := command(one)) else None)
        for one in requests
    ]
    summary = tag("summary", CHEVRON, tag("span", saved.say("again"), dir="auto"))
    return tag("details", summary, tag("div", *needed, *parts, class_="fold-body"), class_="fold")
