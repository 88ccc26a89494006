"""`python -m jobs prepare`: fetches, converts and trains once what the default chat needs, and says so."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from core.progress import Progress
from core.reading import load_dataset
from core.settings import read_settings
from models.catalog import find
from models.loading import Models


def main(argv: Sequence[str]) -> int:
    """Exit status 0; everything that is there already is left as it is."""
    parser = argparse.ArgumentParser(prog="python -m jobs prepare", description=__doc__)
    parser.add_argument("--neighbours", action="store_true", help="also make what similar instances are found by")
    options = parser.parse_args(argv)
    settings = read_settings()
    row = find(settings.model)
    print(
        f"Models live in {settings.cache}; the default is {row.title} (download {row.download_mb} MB, once)", flush=True
    )
    start = time.perf_counter()
    models, data = Models(settings), load_dataset(settings.dataset)
    model = models.explained(settings.model, settings.precision, data, Progress())
    if options.neighbours:
        models.vectors.of(data, models.encoder(), Progress())
    print(f"Ready: {model.name} on {settings.dataset}, {time.perf_counter() - start:.0f} s", flush=True)
    return 0
