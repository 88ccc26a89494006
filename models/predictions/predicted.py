"""A model's probabilities as a Prediction that says where it came from, the same for every family."""

from __future__ import annotations

from collections.abc import Sequence

from core.explanations import Prediction
from core.provenance import Provenance
from models.base import Encoded, ExplainedModel


def predicted(model: ExplainedModel, encoded: Encoded, chances: Sequence[float]) -> Prediction:
    """The prediction for one instance; `chances` are probabilities in the order of the labels. A text that was cut is noted."""
    lengths = (("kept", str(len(encoded.tokens))), ("total", str(encoded.total)))
    source = Provenance(
        model=model.name,
        revision=model.revision,
        precision=model.precision,
        dataset=model.schema.name,
        notes=(("truncated", lengths),) if encoded.truncated else (),
    )
    return Prediction(encoded.instance, model.labels, tuple(chances), source)
