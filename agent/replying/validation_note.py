"""One quiet line under an answer: whether explanations of this model, precision and method were validated, and by what."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from agent.running.run import UPLOAD
from agent.state import Answer
from agent.words import method_name, number
from core.blocks import Block, Fold, Text
from core.dialogue import Request
from core.explanations import Attribution, Card
from core.provenance import Provenance
from core.validated import Validated
from core.words import words_beside

WORDS = words_beside(__file__)
CARD = "card"  # the caption of the model card
COMMAND = ("python", "-m", "jobs", "check_explainers")


def validated(answer: Answer, known: Sequence[Validated], language: str) -> list[Block]:
    """The line of an attribution (its method) or of the model card (all methods), with the figures folded behind it."""
    made, request = answer.explanation, answer.request
    own = [one for one in known if _same(one, made.provenance)]
    if isinstance(made, Attribution):
        of_method = [one for one in own if one.method == made.method][:1]
        return [
            _told(of_method[0], language) if of_method else _not_yet(made.provenance, request, made.method, language)
        ]
    if isinstance(made, Card) and made.caption == CARD and made.provenance.model:
        return [_all(own, language) if own else _not_yet(made.provenance, request, "", language)]
    return []


def _same(one: Validated, stamp: Provenance) -> bool:
    mine = (stamp.model, stamp.revision, stamp.precision, stamp.dataset, stamp.dataset_revision)
    return (one.model, one.model_revision, one.precision, one.dataset, one.revision) == mine


def _told(one: Validated, language: str) -> Fold:
    key = "better" if one.better else "near" if one.near else "no_better"
    return Fold(WORDS.say(key, language, data=one.dataset, count=one.count), (_figure(one, language),))


def _figure(one: Validated, language: str) -> Text:
    gain, low, high = (number(amount, language) for amount in (one.gain, one.low, one.high))
    facts = {"gain": gain, "low": low, "high": high, "count": one.count, "report": one.report}
    return Text(WORDS.say("figure", language, method=method_name(one.method, language), **facts))


def _all(own: Sequence[Validated], language: str) -> Fold:
    """Each method once: a machine's own measurement comes before the one that was shipped."""
    each = list({one.method: one for one in reversed(own)}.values())[::-1]
    facts = {"data": each[0].dataset, "better": sum(one.better for one in each), "total": len(each)}
    return Fold(WORDS.say("card", language, **facts), tuple(_figure(one, language) for one in each))


def _not_yet(stamp: Provenance, request: Request, method: str, language: str) -> Fold:
    """With the command that measures it, where one can: not a file of one session, nor its own copy of data and model."""
    title = WORDS.say("not_yet", language, model=stamp.model, precision=stamp.precision)
    said = [Text(WORDS.say("unmeasured", language))]
    source = request.dataset or stamp.dataset
    if not (source.startswith(UPLOAD) or request.changes):
        asked = ("--data", source, "--model", stamp.model, "--precision", stamp.precision)
        command = shlex.join((*COMMAND, *asked, *(("--methods", method) if method else ())))
        said.append(Text(WORDS.say("command", language, command=command)))
    return Fold(title, tuple(said))
