"""What to ask next, from the answer just given."""

from __future__ import annotations

from dataclasses import replace

from agent.query import of_request
from agent.state import Answer
from agent.words import say
from core.blocks import Block, Choices
from core.dialogue import Request
from core.explanations import BETTER, UNDO, Attribution, Change, Neighbours, Prediction, Table
from explainers.base import EXPLAINERS

SECOND = "occlusion"  # asks the model itself instead of its gradients, so it errs in other places
KEPT = "precision"  # said once, it holds for what follows
FIRST = "integrated_gradients"
Offer = tuple[
    str, dict[str, str], Request
]  # a key under `then` in agent/words.toml, its facts, and what the button asks


def suggestions(answer: Answer, language: str) -> list[Block]:
    """Up to three buttons; none where nothing follows."""
    offered = _follow(answer)
    if not offered:
        return []
    labels = tuple(say(f"then.{key}", language, **facts) for key, facts, _ in offered)
    return [Choices(labels, tuple(of_request((request,)) for _, _, request in offered))]


def _follow(answer: Answer) -> list[Offer]:
    bare = replace(answer.request, slots=tuple(slot for slot in answer.request.slots if slot[0] == KEPT))
    made = answer.explanation
    if isinstance(made, Prediction):
        wrong = made.instance.label not in ("", made.label)
        more: list[Offer] = [("influence", {}, replace(bare, operation="influence"))] if wrong else []
        return [("why", {}, replace(bare, operation="attribute")), *more]
    if isinstance(made, Change):
        again: list[Offer] = [("predict", {}, replace(bare, operation="predict"))] if bare.ids or bare.custom else []
        return [*again, ("undo", {}, Request(UNDO))] if made.kind != UNDO else []
    if isinstance(made, Neighbours) and made.prediction and made.rows and made.rows[0].id is not None:
        first = made.rows[0].id
        return [("forget", {"id": f"{first}"}, replace(bare, operation="unlearn", ids=(first,), custom=()))]
    if isinstance(made, Table) and answer.request.operation == "mistakes" and made.rows and made.columns[0] == "id":
        return [("first", {}, replace(bare, operation="show", ids=(int(made.rows[0][0]),), where=None))]
    if not isinstance(answer.explanation, Attribution):
        return []
    other = SECOND if answer.explanation.method != SECOND else FIRST
    method = replace(answer.request, slots=_with(answer.request, "method", other))
    offered = [("method", {"method": EXPLAINERS[other].name.replace("_", " ")}, method)]
    offered.append(("sure", {}, replace(bare, operation="likelihood")))
    if answer.faithfulness.verdict == BETTER and not answer.request.slot("k"):
        offered.append(("top", {}, replace(answer.request, slots=_with(answer.request, "k", 3))))
    return offered


def _with(request: Request, name: str, item: str | int) -> tuple[tuple[str, str | int | float | bool], ...]:
    return tuple(sorted((dict(request.slots) | {name: item}).items()))
