"""From an explanation to how far it can be trusted: the check beside every answer."""

from collections.abc import Callable
from typing import Any

from core.explanations import NOT_APPLICABLE, Attribution, Explanation, Faithfulness
from core.operation import Context
from explainers.metrics.judge import judge as judge_attribution

Judge = Callable[[Any, Context, int], Faithfulness]


def judge(explanation: Explanation, context: Context, seed: int) -> Faithfulness:
    """The faithfulness of what claims reasons; a prediction, a row or a card claims none, so nothing is judged."""
    if type(explanation) in JUDGES:
        return JUDGES[type(explanation)](explanation, context, seed)
    return Faithfulness(NOT_APPLICABLE, "no_reason_claimed")


def _attribution(made: Attribution, context: Context, seed: int) -> Faithfulness:
    return judge_attribution(context.model, made, draws=context.draws, seed=seed, progress=context.progress)


JUDGES: dict[type, Judge] = {Attribution: _attribution}
