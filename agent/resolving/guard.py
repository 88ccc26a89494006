"""The guard before a turn: is a message a question about a text, or an order to do or write something?

After SAGE (Ding et al., ACL Findings 2025: first judge intent and task structure, then answer, or refuse with the reason). A text that
is to be explained may say anything: only what stands outside of quotations and own texts can be an order. Nothing here could carry an
order out; the guard says so, instead of answering a question that nobody asked. Modes: off, wrap (whole messages that a language model
reads go in a frame), verdict (wrap, and orders are answered with the reason).
"""

from __future__ import annotations

from functools import cache

import regex

from agent.resolving.resolve import SURE
from agent.state import Message
from core.delimit import material
from core.dialogue import Call, Clarification, Parse, Span, Utterance
from core.filters import ids, tokens
from core.operation import OPERATIONS
from core.values import value
from core.words import words_beside
from models.base import Generator
from parsers.rules.understanding import blanked
from parsers.texts.quotes import pairs

OFF, WRAP, VERDICT = "off", "wrap", "verdict"
EXPLAIN, ORDER = "explain", "order"
OVERRIDE = "override"  # the only kind that an id beside it does not excuse
KINDS = (OVERRIDE, "role", "content", "echo")
CUES = words_beside(__file__)
TOKENS = 6  # of a generator's verdict
_LETTER = regex.compile(r"\p{L}")


@value
class Verdict:
    """EXPLAIN or ORDER, and for an order which kind of cue said so."""

    intent: str
    reason: str = ""


def judge(utterance: Utterance, parse: Parse) -> Verdict:
    """By rules and the reading: a request for one of our operations is an explanation, whatever its text says.

    An instance that is named by its id makes "write" and "print" harmless, since what is written is then about it. So does a reading
    that is sure of an operation and of what it is about: an own text beside other words, or rows of the data.
    """
    outside = _outside(utterance.text, parse)
    kinds = [kind for kind in KINDS if _pattern(kind).search(outside)]
    if not kinds or (kinds[0] != OVERRIDE and (ids(parse.where) or _is_ours(utterance.text, parse))):
        return Verdict(EXPLAIN)
    return Verdict(ORDER, kinds[0])


def _is_ours(text: str, parse: Parse) -> bool:
    """Whether the reading is sure of an operation and of what it is about, and the message is more than the text to explain."""
    known = [OPERATIONS[call.operation] for call in parse.calls if call.operation in OPERATIONS]
    if not known or len(known) < len(parse.calls) or parse.confidence < SURE:
        return False
    own = bool(parse.custom) and all(span.text.strip() != text.strip() for span in parse.custom)
    return own or parse.where is not None


def typed(message: Message) -> bool:
    """Whether the message is words of somebody's own; what was clicked, edited or linked is a query already."""
    return bool(message.text.strip()) and not message.query and not message.link


def judge_by_keywords(utterance: Utterance) -> Verdict:
    """The same cues anywhere, also in texts to be explained: what a filter of keywords would say. For comparison."""
    found = any(_pattern(kind).search(utterance.text) for kind in KINDS)
    return Verdict(ORDER if found else EXPLAIN)


def judge_by_generator(utterance: Utterance, generator: Generator) -> Verdict:
    """A language model's judgement of intent first, as in SAGE; anything but a clear "order" is an explanation."""
    answer = generator.generate(CUES.say("judge", utterance.language, text=material(utterance.text)), TOKENS, 0)
    return Verdict(ORDER if answer.strip().casefold().startswith(ORDER) else EXPLAIN)


def wrapped(text: str, language: str) -> str:
    """A message for a language model that reads it whole: what it is for, between marks that nothing in it can close."""
    return CUES.say("frame", language, text=material(text))


def refusal(utterance: Utterance, verdict: Verdict) -> Clarification:
    """What is answered to an order: that it is none of ours, and the message itself as a text that could be explained."""
    text = utterance.text
    offered = Parse((Call("attribute"),), None, (Span(text, 0, len(text)),))
    return Clarification(verdict.intent, choices=(offered,))


def _outside(text: str, parse: Parse) -> str:
    """The message without quotations, own texts and words looked for; the whole message where nothing else is in it."""
    spans = [(pair.start, pair.end) for pair in pairs(text)] + [(span.start, span.end) for span in parse.custom]
    spans += [match.span() for token in tokens(parse.where) for match in regex.finditer(regex.escape(token), text)]
    rest = blanked(text, spans)
    return rest if _LETTER.search(rest) else text


@cache
def _pattern(kind: str) -> regex.Pattern[str]:
    """All languages' cues of a kind: people mix them."""
    cues = [cue for language in CUES.languages() for cue in CUES.get(kind, language)]
    return regex.compile("|".join(f"(?:{cue})" for cue in cues), regex.IGNORECASE)
