"""What people marked: read from a data set, and compared with maps by plain counting."""

import random

import pytest

from core.rationales import marks
from core.reading import load_dataset
from explainers.metrics.rationale_auprc import rationale_auprc
from explainers.metrics.rationale_f1 import rationale_f1
from explainers.metrics.rationale_iou import rationale_iou
from tests.toys import Additive
from tests.unit.explainers.test_metrics import explained, marked

TEXTS = (("premise", "a dog runs, a dog barks"), ("hypothesis", "nobody barks"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (["a dog", "a dog"], (("premise", 0, 5), ("premise", 12, 17))),
        (["nobody"], (("hypothesis", 0, 6),)),
        ("barks", (("premise", 18, 23),)),
        ([[2, 5]], (("premise", 2, 5),)),
        ([[5, 2], [0, 99], [1], ["a", "b"], "cat", ""], ()),
        (None, ()),
    ],
)
def test_marks_are_found_in_the_texts(cell, expected):
    assert marks(TEXTS, cell) == expected


def test_a_schema_names_the_column(tmp_path):
    (tmp_path / "schema.toml").write_text('name="m"\nfields=["text"]\nlabels=["a","b"]\nrationale="why"\n')
    (tmp_path / "en.jsonl").write_text('{"id": 1, "text": "so very good", "label": "a", "why": ["very good"]}\n')
    (row,) = load_dataset(str(tmp_path)).rows
    assert row.rationale == (("text", 3, 12),)


@pytest.mark.parametrize("seed", range(8))
def test_figures_agree_with_plain_counting(seed):
    source = random.Random(seed)
    words = [f"w{place}" for place in range(source.randint(3, 12))]
    scores = source.sample(range(100), len(words))
    human = set(source.sample(range(len(words)), source.randint(1, len(words) - 1)))
    starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]
    spans = [("text", starts[place], starts[place] + len(words[place])) for place in human]
    made = marked(explained(Additive(), " ".join(words), scores), spans)
    ranked = sorted(range(len(words)), key=lambda place: -scores[place])
    top = set(ranked[: len(human)])
    precisions = [
        len(human & set(ranked[:size])) / size for size in range(1, len(words) + 1) if ranked[size - 1] in human
    ]
    assert rationale_f1.measure(made, 0.0, ()) == pytest.approx(len(human & top) / len(human))
    assert rationale_iou.measure(made, 0.0, ()) == pytest.approx(len(human & top) / len(human | top))
    assert rationale_auprc.measure(made, 0.0, ()) == pytest.approx(sum(precisions) / len(human))
