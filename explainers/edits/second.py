"""An independent judge of edits: a small classifier of letter groups, trained on the same rows, that shares nothing with the model."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from core.data import Dataset, Instance, train_and_test
from explainers.edits.lexicon import training_rows

FEWEST = 6  # rows of a label that it takes to learn anything


@dataclass(frozen=True)
class Second:
    """The judge of one language; `right` of `total` test rows of that language, or of none told, it labels as the data do."""

    vectors: TfidfVectorizer
    model: LogisticRegression
    right: int
    total: int

    def labels_of(self, rows: Sequence[Instance]) -> list[str]:
        """Its label of each row."""
        return (
            [str(label) for label in self.model.predict(self.vectors.transform([row.text for row in rows]))]
            if rows
            else []
        )


KEPT = 16  # judges; every change of a session's data makes another
_KNOWN: OrderedDict[tuple[str, str, str], Second | None] = OrderedDict()
_LOCK = Lock()


def second(dataset: Dataset, language: str) -> Second | None:
    """The judge for a language, trained once; None where a label has too few training rows of that language."""
    key = (dataset.name, dataset.revision, language)
    with _LOCK:
        if key not in _KNOWN:
            _KNOWN[key] = _trained(dataset, language)
            while len(_KNOWN) > KEPT:
                _KNOWN.popitem(last=False)
        return _KNOWN[key]


def _trained(dataset: Dataset, language: str) -> Second | None:
    rows = training_rows(dataset, language)
    fewest = min((sum(row.label == label for row in rows) for label in dataset.schema.labels), default=0)
    if fewest < FEWEST or len(dataset.schema.labels) < 2:
        return None
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2)
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(vectors.fit_transform([row.text for row in rows]), [row.label for row in rows])
    made = Second(vectors, model, 0, 0)
    test = [row for row in train_and_test(dataset)[1] if row.language in (language, "")]
    right = sum(label == row.label for label, row in zip(made.labels_of(test), test, strict=True))
    return Second(vectors, model, right, len(test))
