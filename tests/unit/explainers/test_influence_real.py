"""Influence on the default model: the strongest rows against leaving them out and fitting the whole head again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression

from core.progress import Progress
from core.reading import load_dataset
from core.settings import Settings
from explainers.influence import influence
from models.classifier import EncoderClassifier
from models.loading import Models

ROWS = 12


@pytest.mark.slow
@pytest.mark.real
def test_the_strongest_rows_of_the_real_head(real_settings: Settings) -> None:
    data = load_dataset("reviews")
    model = Models(real_settings).explained("e5-small", "fp32", data)
    assert isinstance(model, EncoderClassifier) and model.training is not None
    training = model.training
    made = influence(model, data.instance(12), ROWS, Progress())
    assert made.prediction is not None
    label = model.labels.index(made.prediction.label)
    vector = model.vectors([data.instance(12)]).numpy()
    kept = training.outside[training.test.index(data.instance(12))]
    assert vector[0] == pytest.approx(kept, abs=1e-3), "features kept at training are those of the network"
    points, answers, point = training.points, training.answers, training.standardised(vector)

    def logit(rows: list[int]) -> float:
        fit = LogisticRegression(C=training.strength, tol=1e-10, max_iter=10_000).fit(points[rows], answers[rows])
        return float(fit.decision_function(point)[0, label])

    every = list(range(len(points)))
    whole = logit(every)
    places = [training.train.index(row) for row in made.rows]
    true = [whole - logit(every[:place] + every[place + 1 :]) for place in places]
    assert spearmanr(made.scores, true).statistic > 0.95
    assert np.array(made.scores) == pytest.approx(np.array(true), rel=0.1)
