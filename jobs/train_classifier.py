"""`python -m jobs train_classifier`: trains the head of an encoder on a task, or shows the one that is there."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from core.reading import load_dataset
from core.settings import read_settings
from jobs.shared.terminal import add_dataset, add_precision, progress_lines
from models.loading import Models
from models.predictions.head_card import Accuracy, HeadCard


def main(argv: Sequence[str]) -> int:
    """Exit status 0; prints accuracy by language with 95 % intervals."""
    settings = read_settings()
    parser = argparse.ArgumentParser(prog="python -m jobs train_classifier", description=__doc__)
    add_dataset(parser, default=settings.dataset)
    parser.add_argument("--model", default="e5-small", help="an encoder of the catalogue")
    add_precision(parser, settings.precision)
    parser.add_argument("--seed", type=int, default=settings.seed)
    parser.add_argument("--force", action="store_true", help="train anew where there is one")
    asked = parser.parse_args(argv)
    models = Models(settings.model_copy(update={"seed": asked.seed}))
    head = models.head(asked.model, asked.precision, load_dataset(asked.dataset), progress_lines(), asked.force)
    print(table(head.card))
    return 0


def table(card: HeadCard) -> str:
    """What was trained, and accuracy on train and test by language."""
    lines = [
        f"{card.dataset} on {card.encoder} ({card.precision}), layer {card.layer}, C = {card.strength:g}, seed {card.seed}",
        f"cross-validated on {card.rows} train rows: {card.cross_validated:.1%}",
        "language    train   test  95 % interval        n",
    ]
    trained = {one.language: one for one in card.train}
    lines += [_line(one, trained.get(one.language)) for one in (*card.test, card.overall) if one.total]
    return "\n".join(lines)


def _line(test: Accuracy, train: Accuracy | None) -> str:
    low, high = test.interval
    before = f"{train.rate:7.1%}" if train else " " * 7
    return f"{test.language or 'all':9} {before} {test.rate:6.1%}  {low:.1%} to {high:.1%}  {test.total:6}"
