"""What to ask next, from the answer just given."""

from __future__ import annotations

from dataclasses import replace

from agent.query import of_request
from agent.state import Answer
from agent.words import say
from core.blocks import Block, Choices
from core.dialogue import Request
from core.explanations import BETTER, Attribution, Prediction
from explainers.base import EXPLAINERS

SECOND = "occlusion"  # asks the model itself instead of its gradients, so it errs in other places
FIRST = "integrated_gradients"


def suggestions(answer: Answer, language: str) -> list[Block]:
    """Up to three buttons; none where nothing follows."""
    offered = _follow(answer)
    if not offered:
        return []
    labels = tuple(say(f"then.{key}", language, **facts) for key, facts, _ in offered)
    return [Choices(labels, tuple(of_request((request,)) for _, _, request in offered))]


def _follow(answer: Answer) -> list[tuple[str, dict[str, str], Request]]:
    bare = replace(answer.request, slots=())
    if isinstance(answer.explanation, Prediction):
        return [("why", {}, replace(bare, operation="attribute"))]
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
