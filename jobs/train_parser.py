"""`python -m jobs train_parser`: tunes the default parser's adapter on datasets/utterances; seeded and resumable."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from agent.registries import discover_all
from core.errors import UserError
from core.progress import Progress
from core.settings import read_settings
from core.values import fingerprint
from jobs.shared.terminal import Names, writable
from models.loading import Models
from parsers.encoder import ADAPTER
from parsers.tuned.augmentation import Frames
from parsers.tuned.lessons import Lesson, asked, batches, classes_of, read_lessons
from parsers.tuned.trainer import Trainer

STEPS = 1000
SAVE_EVERY = 10
FEW_WEIGHT = 5.0  # of a row of a language that has a few


def main(argv: Sequence[str]) -> int:
    """Exit status 0; a run that was cut off goes on from its last checkpoint, a run of other settings begins anew."""
    options = _options(argv)
    discover_all()
    encoder = Models(read_settings()).encoder(Progress())
    lessons = [*read_lessons("train", options.languages), *asked(options.languages)]
    if missing := set(options.few) - {one.language for one in lessons}:
        raise UserError("no_utterances", codes=", ".join(sorted(missing)))
    print(f"{len(lessons)} lessons in {len({one.language for one in lessons})} languages", file=sys.stderr, flush=True)
    trainer = Trainer(encoder, classes_of(lessons), options.seed, options.steps)
    if options.few:
        return _few(trainer, lessons, options)
    if options.average:
        return _average(trainer, lessons, options)
    if options.start:
        trainer.start_from(options.start)
    facts = facts_of(lessons, options)
    checkpoint = options.out.with_suffix(".checkpoint")
    first = trainer.resume(checkpoint, facts)
    started = time.perf_counter()
    for step, batch in batches(lessons, Frames(lessons), options.seed, first, options.steps):
        loss = trainer.step(batch)
        if step % SAVE_EVERY == 0:
            trainer.checkpoint(checkpoint, facts)
            _show(step, options.steps, loss, (time.perf_counter() - started) / (step - first))
    trainer.finish(lessons, read_lessons("dev", options.languages), options.out, facts)
    checkpoint.unlink(missing_ok=True)
    return 0


def facts_of(lessons: Sequence[Lesson], options: argparse.Namespace) -> dict[str, str]:
    """What a run depends on: its settings, what it reads, and where it starts."""
    start = hashlib.sha256(options.start.read_bytes()).hexdigest()[:12] if options.start else ""
    counts = {"seed": options.seed, "steps": options.steps, "lessons": len(lessons)}
    return {name: str(count) for name, count in counts.items()} | {"read": fingerprint(lessons), "start": start}


def _few(trainer: Trainer, lessons: Sequence[Lesson], options: argparse.Namespace) -> int:
    """Fit the last head alone, with the rows of a few languages or of new ones given more weight; says what it brought."""
    trainer.start_from(options.start or ADAPTER)
    dev = read_lessons("dev")
    weights = [FEW_WEIGHT if lesson.language in options.few else 1.0 for lesson in lessons]
    facts = {"seed": str(options.seed), "few": " ".join(options.few), "lessons": str(len(lessons))}
    before = trainer.right(dev)
    trainer.finish(lessons, dev, options.out, facts, weights)
    for language, (was, now, count) in compared(dev, before, trainer.right(dev)).items():
        print(f"{language}: {was / count:.3f} → {now / count:.3f} of {count} development rows")
    return 0


def _average(trainer: Trainer, lessons: Sequence[Lesson], options: argparse.Namespace) -> int:
    """The mean of several trainings, with the last head fitted to it: a few minutes."""
    trainer.average(options.average)
    facts = {"seed": str(options.seed), "average": str(len(options.average)), "lessons": str(len(lessons))}
    trainer.finish(lessons, read_lessons("dev", options.languages), options.out, facts)
    return 0


def compared(dev: Sequence[Lesson], before: Sequence[bool], after: Sequence[bool]) -> dict[str, tuple[int, int, int]]:
    """Right before, right after and all, by language."""
    found: dict[str, tuple[int, int, int]] = {}
    for lesson, was, now in zip(dev, before, after, strict=True):
        old = found.get(lesson.language, (0, 0, 0))
        found[lesson.language] = (old[0] + was, old[1] + now, old[2] + 1)
    return dict(sorted(found.items()))


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs train_parser", description=__doc__)
    parser.add_argument("--out", type=writable, default=ADAPTER, help="where the adapter goes")
    parser.add_argument("--languages", action=Names, nargs="*", help="train on these languages only")
    parser.add_argument("--start", type=Path, help="an adapter to go on from; its encoder and classes must be the same")
    parser.add_argument(
        "--average", nargs="+", type=Path, metavar="ADAPTER", help="take the mean of these adapters instead of training"
    )
    parser.add_argument("--few", action=Names, default=[], metavar="CODE", help="adapt to these languages in minutes")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def _show(step: int, steps: int, loss: float, seconds: float) -> None:
    """Progress with the time left."""
    left = (steps - step) * seconds / 60
    print(f"step {step}/{steps}  loss {loss:.3f}  {left:.0f} min left", file=sys.stderr, flush=True)
