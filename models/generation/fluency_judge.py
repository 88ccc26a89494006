"""The language model that judges how fluent edits are: which one the settings name, and loaded."""

from __future__ import annotations

from core.errors import UserError
from core.progress import Progress
from models.catalog import find
from models.generation.generator import CausalGenerator
from models.generation.likelihood import Likelihood
from models.loading import Models

JUDGE = "gemma-3-270m"  # small and multilingual; asked where its files are there already
AUTO, OFF = "auto", "off"
NOT_HERE = ("out_of_memory", "no_network", "disk_full", "fetch_failed", "corrupt_model")


def judge_name(library: Models | None) -> str:
    """The model of the settings: by itself only one that is on this machine, any other when it is named; "" for none."""
    if library is None or library.settings.fluency == OFF:
        return ""
    if library.settings.fluency == AUTO:
        return JUDGE if library.has(JUDGE) else ""
    return library.settings.fluency


def judge_of(library: Models | None, progress: Progress | None = None) -> Likelihood | None:
    """That model, loaded; none where it was not named and cannot be loaded here, and for a server, which gives no likelihoods."""
    name = judge_name(library)
    if library is None or not name:
        return None
    try:
        writer = library.generator(find(name).name, library.settings.precision, progress)
    except UserError as error:
        if error.kind not in NOT_HERE or library.settings.fluency != AUTO:
            raise
        return None
    return Likelihood(writer.model, writer.tokenizer) if isinstance(writer, CausalGenerator) else None
