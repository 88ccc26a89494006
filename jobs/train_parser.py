"""`python -m jobs train_parser`: tunes the default parser's adapter on datasets/utterances; seeded and resumable."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.progress import Progress
from core.settings import read_settings
from jobs.common import discover_all
from models.loading import Models
from parsers.encoder import ADAPTER
from parsers.lessons import batches, classes_of, read_lessons
from parsers.training import Trainer

STEPS = 400
SAVE_EVERY = 10


def main(argv: Sequence[str]) -> int:
    """Exit status 0; a run that was cut off goes on from its last checkpoint."""
    options = _options(argv)
    discover_all()
    encoder = Models(read_settings()).encoder(Progress())
    lessons = read_lessons("train", options.languages)
    print(f"{len(lessons)} lessons in {len({one.language for one in lessons})} languages", file=sys.stderr, flush=True)
    trainer = Trainer(encoder, classes_of(lessons), options.seed, options.steps)
    if options.start:
        trainer.start_from(options.start)
    checkpoint = options.out.with_suffix(".checkpoint")
    first = trainer.resume(checkpoint)
    started = time.perf_counter()
    for step, batch in batches(lessons, options.seed, first, options.steps):
        loss = trainer.step(batch)
        if step % SAVE_EVERY == 0:
            trainer.checkpoint(checkpoint, step)
            _show(step, options.steps, loss, (time.perf_counter() - started) / (step - first))
    facts = {"seed": str(options.seed), "steps": str(options.steps), "lessons": str(len(lessons))}
    trainer.finish(lessons, read_lessons("dev", options.languages), options.out, facts)
    checkpoint.unlink(missing_ok=True)
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs train_parser", description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER, help="where the adapter goes")
    parser.add_argument("--languages", nargs="*", help="train on these languages only")
    parser.add_argument("--start", type=Path, help="an adapter to go on from; its encoder and classes must be the same")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def _show(step: int, steps: int, loss: float, seconds: float) -> None:
    """Progress with the time left."""
    left = (steps - step) * seconds / 60
    print(f"step {step}/{steps}  loss {loss:.3f}  {left:.0f} min left", file=sys.stderr, flush=True)
