"""Where an answer comes from: model, revision, precision, data, seed and versions."""

from __future__ import annotations

from core.values import value


@value
class Provenance:
    """Everything needed to get the same answer again, and what it cost."""

    model: str = ""
    revision: str = ""
    precision: str = ""
    weights: str = ""
    dataset: str = ""
    dataset_revision: str = ""
    method: str = ""
    seed: int = 0
    parser: str = ""
    parse: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    model_calls: int = 0
    notes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Fallbacks and limits to be said aloud: a key of agent/words.toml under `note`, and its facts."""
