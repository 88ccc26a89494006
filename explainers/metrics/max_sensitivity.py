"""Max-sensitivity: how far the map moves at most when the input moves a little."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from captum.metrics import sensitivity_max
from torch import Tensor

from core.explanations import Attribution
from core.progress import Progress
from explainers.base import EXPLAINERS, explained_units, target_of
from explainers.metrics.base import LOWER, metric
from models.base import GRADIENTS, Encoded, ExplainedModel
from models.pieces import merge

MOVES = 8  # random small changes of the embeddings
RADIUS = (
    0.02  # of the range of the embeddings' values, the largest change of a number; Captum's default is 0.02 absolute
)


class Moved:
    """A model whose input embeddings are replaced; all else is the model's own."""

    def __init__(self, model: ExplainedModel, inputs: Tensor) -> None:
        self._model, self._inputs = model, inputs

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def embeddings(self, encoded: Encoded) -> Tensor:
        """The embeddings that were given [token, hidden]."""
        return self._inputs


def moved_maps(model: ExplainedModel, made: Attribution, seed: int, progress: Progress) -> Sequence[float]:
    """The largest relative change of the map; nothing for methods that read no embeddings."""
    if made.method not in EXPLAINERS or GRADIENTS not in EXPLAINERS[made.method].needs:
        return ()
    encoded = model.encode(made.prediction.instance)
    target = target_of(model, made.target, made.contrast)
    units = explained_units(encoded, made.granularity)
    inputs = model.embeddings(encoded)
    source = torch.Generator().manual_seed(seed)
    reach = RADIUS * float(inputs.max() - inputs.min())

    def explain(given: Tensor | tuple[Tensor]) -> Tensor | tuple[Tensor]:
        """Scores [row, unit] at embeddings [row, token, hidden]; in a tuple where Captum gives one, else it takes rows for inputs."""
        run, rows = EXPLAINERS[made.method].run, given[0] if isinstance(given, tuple) else given
        maps = [run(Moved(model, row), encoded, target, made.provenance.seed, progress).scores for row in rows]  # type: ignore[arg-type]
        found = torch.tensor([merge(list(one), units) for one in maps])
        return (found,) if isinstance(given, tuple) else found

    def move(given: Tensor, radius: float) -> Tensor:
        return given + radius * (2 * torch.rand(given.shape, generator=source).to(given) - 1)

    found = sensitivity_max(explain, inputs[None], move, reach, MOVES, max_examples_per_batch=1)
    return [float(found)]


@metric(best=LOWER, low=0.0, high=None, unit="share", asks=moved_maps, reason="no_embeddings", deep=True, chance=False)
def max_sensitivity(attribution: Attribution, full: float, parts: Sequence[float]) -> float | None:
    """The largest change of the scores, relative to their length, over eight random small changes of the embeddings.

    0 upwards, lower is better; only for methods that read embeddings. A map that never changes has 0 and may still be wrong.
    Yeh et al. 2019, arXiv 1901.09392, definition 3.1, by Captum.
    """
    return parts[0] if parts else None
