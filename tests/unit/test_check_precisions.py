"""The job that checks precisions: what two precisions' words agree in, and on which rows."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from core.data import Dataset, Instance
from core.explanations import Attribution, Prediction, Token
from jobs.check_precisions import Measured, _texts
from tests.tiny import LABELS, SCHEMA, instance


def attribution(*words: str, scores: tuple[float, ...]) -> Attribution:
    made = Prediction(instance(" ".join(words)), LABELS, (0.1, 0.1, 0.8))
    tokens = tuple(Token(word, 10 * place, 10 * place + len(word)) for place, word in enumerate(words))
    return Attribution(made, "positive", "occlusion", tokens, scores, "logit")


def measured(*explained: Attribution) -> Measured:
    made = object.__new__(Measured)
    made.model = SimpleNamespace(precision="fp32", capabilities=frozenset())
    made.right, made.perplexity, made.seconds = [True, False], None, 0.1
    made.explained, made.gradients = explained, [None] * len(explained)
    return made


FULL = attribution("good", "film", "here", scores=(3.0, 2.0, 1.0))
EMOJI, WORD = attribution("👍👍", scores=(1.0,)), attribution("Super", scores=(1.0,))


def test_texts_without_an_order_are_left_out():
    full = measured(FULL, EMOJI, WORD)
    found = full.record(full)
    assert found["texts"] == 1 and (found["tau"], found["tau_least"], found["overlap"]) == (1.0, 1.0, 1.0)
    bare = measured(EMOJI, WORD)
    found = bare.record(bare)
    assert found["texts"] == 0 and found["tau"] is found["rho"] is found["overlap"] is None


def test_a_precision_that_scores_all_words_alike_agrees_in_nothing():
    found = measured(replace(FULL, scores=(0.0, 0.0, 0.0))).record(measured(FULL))
    assert found["texts"] == 1 and found["tau"] == 0.0


def test_rows_that_a_head_was_trained_on_are_not_measured():
    rows = tuple(Instance((("text", f"film {number}"),), number, LABELS[0]) for number in range(10))
    assert [row.id for row in _texts(Dataset(SCHEMA, rows), 12)] == [4, 9]
