"""What to ask next, from the answer just given."""

from __future__ import annotations

from dataclasses import replace

from agent.resolving.carry import by_method, turned
from agent.resolving.query import of_request
from agent.state import Answer
from agent.words import method_name, say
from core.blocks import Block, Choices
from core.dialogue import Request
from core.errors import UserError
from core.explanations import (
    EDITS,
    METHOD,
    RATIONALE,
    TWO_TEXTS,
    UNDO,
    Attribution,
    Change,
    Comparison,
    Neighbours,
    Prediction,
    Rationale,
    Table,
)
from core.faithfulness import BETTER, NO_BETTER, UNCLEAR
from core.refinements import COMPOSED
from models.catalog import CAUSAL, find
from models.labels.written import ALL
from operations.attribute import DEFAULT_METHOD
from operations.compare import SECOND_METHOD

GRADIENTS = "gradients"  # the unit of influences on a model that its makers trained
FALLBACK = "fallback"  # the note on a method that the model lacks something for
# How a method looks at the model: the sentence that says why it may do better
WAYS = {SECOND_METHOD: "asks", DEFAULT_METHOD: "path"}
NEAR = 3  # similar rows to show
MOST = 3  # buttons
# A key under `then` in agent/words.toml, its facts, and what the button asks
Offer = tuple[str, dict[str, str], Request]


def suggestions(answer: Answer, language: str) -> list[Block]:
    """Up to three buttons; none where nothing follows."""
    offered = _follow(answer)
    if not offered:
        return []
    labels = tuple(_label(key, facts, language) for key, facts, _ in offered)
    return [Choices(labels, tuple(of_request((request,)) for _, _, request in offered), _reason(answer, language))]


def _label(key: str, facts: dict[str, str], language: str) -> str:
    """What a button says; a method in it is called as in the glossary."""
    named = {name: method_name(fact, language) if name == "method" else fact for name, fact in facts.items()}
    return say(f"then.{key}", language, **named)


def _reason(answer: Answer, language: str) -> str:
    """Why another method is offered first: this map passed no check, and the other one asks the model in another way."""
    made, verdict = answer.explanation, answer.faithfulness.verdict
    other = _other(made) if isinstance(made, Attribution) else ""
    if not isinstance(made, Attribution) or not other or verdict not in (NO_BETTER, UNCLEAR):
        return ""
    facts = {"method": method_name(made.method, language), "other": method_name(other, language)}
    return say(f"then.because_{WAYS[other]}", language, **facts)


def _other(made: Attribution) -> str:
    """Another method to check with; "" where the model cannot run it, as it could not when it was asked."""
    if made.method != SECOND_METHOD:
        return SECOND_METHOD
    lacking = any(key == FALLBACK for key, _ in made.provenance.notes)
    return "" if lacking else DEFAULT_METHOD


def _follow(answer: Answer) -> list[Offer]:
    asked, made = answer.request, answer.explanation
    if isinstance(made, Prediction):
        wrong = made.instance.label not in ("", made.label)
        more = _mended(asked, made) if wrong else _alike(asked)
        return [("why", {}, turned(asked, "attribute")), *more, *_wrote(asked)][:MOST]
    if isinstance(made, Change):
        again: list[Offer] = [("predict", {}, turned(asked, "predict"))] if asked.ids or asked.custom else []
        return [*again, ("undo", {}, Request(UNDO))] if made.kind != UNDO else []
    if isinstance(made, Neighbours) and made.unit == GRADIENTS:
        return []  # what the makers of a model trained into it cannot be taken out here
    if isinstance(made, Neighbours) and made.prediction and made.rows and made.rows[0].id is not None:
        first = made.rows[0].id
        unlearned = replace(turned(asked, "unlearn"), ids=(first,), custom=(), where=None)
        return [("forget", {"id": f"{first}"}, unlearned)]
    if isinstance(made, Table) and asked.operation == "mistakes" and made.rows and made.columns[0] == "id":
        return [("first", {}, replace(turned(asked, "show"), ids=(int(made.rows[0][0]),), where=None))]
    if isinstance(made, Comparison):
        return _also(asked, made)
    if isinstance(made, Rationale):
        return _criticised(asked, made)
    if not isinstance(made, Attribution):
        return []
    offered: list[Offer] = []
    if other := _other(made):
        offered.append(("method", {"method": other}, by_method(asked, other)))
    if not made.written:  # what it writes is no label: neither wrong nor unsure
        offered += _further(asked, made.prediction)
    if answer.faithfulness.verdict == BETTER and not asked.slot("k"):
        offered.append(("top", {}, replace(asked, slots=_with(asked, "k", 3))))
    return offered if made.written else [*offered, *_wrote(asked)][:MOST]


def _further(asked: Request, seen: Prediction) -> list[Offer]:
    """After the words of a label: what would mend a wrong one, what is like an own text, how sure the model is of a right one."""
    if seen.instance.label not in ("", seen.label):
        return _mended(asked, seen)[:1]
    return _alike(asked) if asked.custom else [("sure", {}, turned(asked, "likelihood"))]


def _wrote(asked: Request) -> list[Offer]:
    """A model that writes can be asked what it writes after the text, and which words make it."""
    return [("wrote", {}, turned(asked, "attribute", written=ALL))] if _writes(asked.model) else []


def _writes(model: str) -> bool:
    """Whether it is a causal model; one that the catalogue has lost since is offered nothing."""
    try:
        return bool(model) and find(model).family == CAUSAL
    except UserError:
        return False


def _also(request: Request, made: Comparison) -> list[Offer]:
    """After a comparison, but of methods: do the counterfactuals hold on both models, and the reasons in words?"""
    fitting = () if made.about == METHOD else (RATIONALE,) if made.about in TWO_TEXTS else (EDITS, RATIONALE)
    left = [kind for kind in fitting if kind != made.also]
    return [(f"also_{kind}", {}, replace(request, slots=_with(request, "also", kind))) for kind in left]


def _criticised(request: Request, made: Rationale) -> list[Offer]:
    """After a draft: let its writer criticise it. What no language model wrote has no critic."""
    if made.refinement or made.generator == COMPOSED:
        return []
    return [("refine", {}, replace(request, slots=_with(request, "refine", "yes")))]


def _mended(asked: Request, seen: Prediction) -> list[Offer]:
    """After a wrong answer: what would have had to be different for the right one, if the model ever gives it, and what it was
    learned from.
    """
    gold = seen.instance.label
    right: list[Offer] = [("right", {}, turned(asked, "counterfactual", label=gold))] if gold in seen.labels else []
    return [*right, ("influence", {}, turned(asked, "influence"))]


def _alike(asked: Request) -> list[Offer]:
    """After a text of the user's own: rows of the data that mean nearly the same."""
    return [("similar", {}, turned(asked, "similar", k=NEAR))] if asked.custom else []


def _with(request: Request, name: str, item: str | int) -> tuple[tuple[str, str | int | float | bool], ...]:
    return tuple(sorted((dict(request.slots) | {name: item}).items()))
