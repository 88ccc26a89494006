"""From an explanation to how far it can be trusted: the check beside every answer."""

from core.explanations import NOT_APPLICABLE, Attribution, Explanation, Faithfulness
from core.operation import Context
from explainers.metrics.judge import judge as judge_attribution


def judge(explanation: Explanation, context: Context, seed: int) -> Faithfulness:
    """The faithfulness of an attribution; a prediction, a row or a card claims nothing about reasons, so nothing is judged."""
    if isinstance(explanation, Attribution):
        return judge_attribution(context.model, explanation, draws=context.draws, seed=seed, progress=context.progress)
    return Faithfulness(NOT_APPLICABLE, "no_reason_claimed")
