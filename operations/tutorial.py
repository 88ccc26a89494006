"""How an operation works, told for a beginner, a user or an expert."""

from __future__ import annotations

from pathlib import Path

from core.dialogue import Request
from core.domains import Choice, OneOf
from core.explanations import Card
from core.operation import NOTHING, Context, Slot, operation
from core.tutorials import AUDIENCES, topics, tutorials
from core.words import Words, words, words_beside

WORDS = words_beside(__file__)
FOLDER = Path(__file__).parent
DEFAULT = "user"


def known() -> tuple[str, ...]:
    """Every operation that has words, whether or not it has a tutorial of its own."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


SLOTS = (
    Slot("audience", Choice(AUDIENCES), default=DEFAULT),
    Slot("topic", OneOf(known, "unknown_operation"), variant=True),
)


@operation(group="help", scope=NOTHING, gives=Card, slots=SLOTS)
def tutorial(request: Request, context: Context) -> Card:
    """What an operation answers, how it is worked out here, how to read it, its limits, and a question to try."""
    topic, audience = request.slot("topic"), str(request.slot("audience") or DEFAULT)
    if topic is None:
        return _contents(request.language)
    own = _words(str(topic))
    entries = (*_told(str(topic), audience, own, request.language), ("try", _sample(own, request.language)))
    title = own.say("title", request.language)
    return Card(
        entries, "tutorial", (("title", title), ("audience", WORDS.say(f"audience.{audience}", request.language)))
    )


def _told(topic: str, audience: str, own: Words, language: str) -> tuple[tuple[str, str], ...]:
    """The tutorial, or for an operation that has none the sentence that describes it."""
    made = tutorials(language).get((topic, audience))
    if made is None:
        return (("question", own.say(f"about.{audience}", language)),)
    return (("question", made.question), ("how", made.how), ("read", made.read), ("limits", made.limits))


def _contents(language: str) -> Card:
    """Every operation with a tutorial, and the question it answers."""
    told = tutorials(language)
    entries = tuple((_words(topic).say("title", language), told[topic, DEFAULT].question) for topic in topics())
    return Card(entries, "contents", (("total", str(len(entries))),))


def _sample(own: Words, language: str) -> str:
    return str(own.get("ask", language)[0]["text"])


def _words(topic: str) -> Words:
    return words(FOLDER / f"{topic}.toml")
