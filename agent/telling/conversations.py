"""Telling the conversation itself: its questions so far, and how to get an answer again elsewhere."""

from __future__ import annotations

from agent.sharing.code import command, snippet
from agent.sharing.links import needed_file
from agent.telling.base import Teller, tells
from agent.words import METRICS, say
from core.blocks import Block, Choices, Code, Notice, Rows
from core.languages import shorten
from core.operation import OPERATIONS
from core.past import Asked, History, Reproduction

OFFERED = 6  # buttons; the newest questions, each once
LONGEST = 100  # graphemes of a question in a list


@tells(History)
def history(teller: Teller, made: History) -> list[Block]:
    """The questions in order, and buttons for those that can be asked again."""
    if not made.asked:
        return [teller.say("none")]
    titles = tuple(teller.words.say(f"column.{name}", teller.language) for name in ("question", "outcome", "verdict"))
    rows = tuple(_row(teller, number, asked) for number, asked in enumerate(made.asked, 1))
    told: list[Block] = [teller.say("some" if made.whole else "last", total=len(rows)), Rows(("", *titles), rows)]
    return [*told, *_again(teller, made.asked)]


def _row(teller: Teller, number: int, asked: Asked) -> tuple[str, ...]:
    outcome = teller.words.say(f"outcome.{asked.outcome}", teller.language)
    verdict = METRICS.say(f"verdict.{asked.verdict}", teller.language) if asked.verdict else "–"
    return (str(number), shorten(asked.text, LONGEST), outcome, verdict)


def _again(teller: Teller, asked: tuple[Asked, ...]) -> list[Choices]:
    """A button a query, the newest question first."""
    useful = [one for one in asked if one.query and not any(OPERATIONS[made.operation].past for made in one.requests)]
    said = {one.query: shorten(one.text, LONGEST) for one in useful}
    newest = list(dict.fromkeys(one.query for one in reversed(useful)))[:OFFERED]
    if not newest:
        return []
    labels = tuple(said[query] for query in newest)
    return [Choices(labels, tuple(newest), teller.words.say("say.again", teller.language))]


@tells(Reproduction)
def reproduction(teller: Teller, made: Reproduction) -> list[Block]:
    """Each request as a program and as a command; a file that a stranger lacks is named."""
    if not made.requests:
        return [teller.say("none")]
    told: list[Block] = [teller.say("some")]
    for request in made.requests:
        if file := needed_file(request):
            told.append(Notice("note", say("note.needs_file", teller.language, file=file)))
        python, shell = (teller.words.say(f"part.{name}", teller.language) for name in ("python", "shell"))
        told.append(Code(snippet(request), python))
        told += [Code(said, shell)] if (said := command(request)) else []
    return told
