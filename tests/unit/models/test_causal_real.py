"""The packaged causal models: the shared prefix changes nothing, and the demonstrations teach the task."""

from __future__ import annotations

import pytest
import torch

from core.data import Instance
from core.reading import load_dataset
from core.settings import Settings
from models.catalog import find
from models.causal import CausalClassifier
from models.loading import Models

pytestmark = pytest.mark.real
CLEAR = {  # no row of the data set
    "positive": "Absolutely wonderful, the best hotel I have ever stayed in, I loved it!",
    "negative": "Furchtbar, das schlechteste Essen meines Lebens, nie wieder, ich will mein Geld zurück.",
}


@pytest.fixture(scope="module", params=["gemma-3-270m", "qwen-coder-0.5b"])
def model(request: pytest.FixtureRequest, real_settings: Settings) -> CausalClassifier:
    name = str(request.param)
    if not (real_settings.cache / "models" / find(name).key).exists():
        pytest.skip(f"{name} is not in the cache")
    made = Models(real_settings).explained(name, "fp32", load_dataset("reviews"))
    assert isinstance(made, CausalClassifier)
    return made


def test_scores_equal_a_plain_pass_over_the_whole_prompt(model: CausalClassifier) -> None:
    encoded = model.encode(Instance((("text", CLEAR["negative"]),)))
    first = [answer[0] for answer in model.prompt.answers]
    with torch.no_grad():
        logits = model.reader.model(encoded.ids[None], use_cache=False).logits[0, -1, first].float()
    expected = torch.log_softmax(torch.log_softmax(logits, -1) - model.bias, -1)
    keep = torch.ones(1, len(encoded.tokens), dtype=torch.bool)
    assert torch.allclose(model.scores(encoded, keep)[0], expected, atol=1e-3)


def test_clear_texts_are_read_rightly_alone_and_together(model: CausalClassifier) -> None:
    rows = [Instance((("text", text),)) for text in CLEAR.values()]
    together = model.predict(rows)
    assert [one.label for one in together] == list(CLEAR)
    for row, one in zip(rows, together, strict=True):
        assert one.probabilities == pytest.approx(model.predict([row])[0].probabilities, abs=1e-4)
