"""From an explanation to how far it can be trusted: the check beside every answer."""

from collections.abc import Callable
from typing import Any

from core.explanations import Attribution, Edits, Explanation, Neighbours, Rationale
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.operation import Context
from explainers.metrics.edits import judge_edits
from explainers.metrics.judge import judge as judge_attribution
from explainers.metrics.leave_one_out import leave_one_out
from explainers.metrics.rationale import judge_rationale
from models.labels.written import writing_of

Judge = Callable[[Any, Context, int], Faithfulness]


def judge(explanation: Explanation, context: Context, seed: int) -> Faithfulness:
    """The faithfulness of what claims reasons; a prediction, a row or a card claims none, so nothing is judged."""
    if type(explanation) in JUDGES:
        return JUDGES[type(explanation)](explanation, context, seed)
    return Faithfulness(NOT_APPLICABLE, "no_reason_claimed")


def _attribution(made: Attribution, context: Context, seed: int) -> Faithfulness:
    model = writing_of(context.model, made.prediction.instance, made.target) if made.written else context.model
    return judge_attribution(model, made, context.draws, seed, context.progress, early=True)


def _neighbours(made: Neighbours, context: Context, seed: int) -> Faithfulness:
    if made.prediction is None:  # texts that mean the same: no model was asked, and none is loaded now
        return Faithfulness(NOT_APPLICABLE, "no_reason_claimed")
    return leave_one_out(context.model, made, context.draws, seed, context.progress, context.dataset)


def _rationale(made: Rationale, context: Context, seed: int) -> Faithfulness:
    return judge_rationale(context.model, made, context.draws, seed, context.progress)


def _edits(made: Edits, context: Context, seed: int) -> Faithfulness:
    encoder = context.library.encoder(context.progress) if context.library else None
    return judge_edits(context.model, made, context.dataset, encoder, context.draws, seed, context.progress)


JUDGES: dict[type, Judge] = {
    Attribution: _attribution,
    Edits: _edits,
    Neighbours: _neighbours,
    Rationale: _rationale,
}
