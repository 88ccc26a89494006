"""Training rows of the tuned reader: what stands in datasets/utterances, masked, with its class and the custom text."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.dialogue import Call
from core.settings import ROOT
from core.words import words
from parsers.notation.canonical import read
from parsers.notation.shapes import shape
from parsers.texts.masked import NUMBER, masked

FOLDER = ROOT / "datasets" / "utterances"
OPERATIONS = ROOT / "operations"
CLASSES_A_BATCH = 16
ROWS_A_CLASS = 3  # supervised contrast needs company of the same class
TEXTS_A_BATCH = (
    24  # further rows with a custom text: where it ends takes more examples to learn than what is asked of it
)
TRIES = 8  # of making a question about a text from one about an id


@dataclass(frozen=True)
class Lesson:
    """One masked utterance, its class, and the custom text's stretch [start, end) in it; None where it was masked or is not there."""

    text: str
    target: str
    span: tuple[int, int] | None
    language: str


Vary = Callable[[Lesson, random.Random], Lesson]


def class_of(call: Call) -> str:
    """The class of a call: its operation, and the slots that only the kind of question tells ("mistakes:count")."""
    variants = [str(call.slot(name)) for name in shape(call.operation).variants if call.slot(name) is not None]
    return ":".join([call.operation, *variants])


def call_of(target: str) -> Call:
    """The call that a class stands for."""
    operation, *values = target.split(":")
    return Call(operation, tuple(zip(shape(operation).variants, values, strict=False)))


def read_lessons(split: str, languages: Sequence[str] | None = None) -> list[Lesson]:
    """All lessons of a split. A row with a custom text gives two: with the text masked, and with the text to be found."""
    found: list[Lesson] = []
    for path in sorted(FOLDER.glob("*.jsonl")):
        if languages is None or path.stem in languages:
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                if row["split"] == split:
                    found += _lessons(row, path.stem)
    return found


def _lessons(row: dict[str, str | int], language: str) -> Iterator[Lesson]:
    text, calls = str(row["text"]), read(str(row["parse"])).calls
    if len(calls) != 1:  # several operations are taken apart before they are read
        return
    target = class_of(calls[0])
    if "start" not in row:
        yield Lesson(masked(text).text, target, None, language)
        return
    start, end = int(row["start"]), int(row["end"])
    yield Lesson(masked(text, [(start, end)]).text, target, None, language)
    open_ = masked(text)
    inside = [place for place, origin in enumerate(open_.origin) if start <= origin < end]
    yield Lesson(open_.text, target, (inside[0], inside[-1] + 1), language)


def takes_text(target: str) -> bool:
    """Whether the operation of a class works on a custom text."""
    return shape(target.split(":")[0]).text


def asked(languages: Sequence[str] | None = None) -> list[Lesson]:
    """The sample questions of the operations' words, masked; those with a custom text are left to the utterances."""
    found = []
    for path in sorted(OPERATIONS.glob("*.toml")):
        tables = words(path).tables
        for language in [code for code in tables if languages is None or code in languages]:
            for row in tables[language].get("ask", ()):
                parse = read(row["query"])
                if len(parse.calls) == 1 and not parse.custom:
                    found.append(Lesson(masked(row["text"]).text, class_of(parse.calls[0]), None, language))
    return found


def classes_of(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """All classes, sorted."""
    return tuple(sorted({lesson.target for lesson in lessons}))


def batches(
    lessons: Sequence[Lesson], vary: Vary, seed: int, first: int, steps: int
) -> Iterator[tuple[int, list[Lesson]]]:
    """Steps first+1 … steps with their batches: random classes, a few rows of each, varied, every row before any comes again;
    then rows with a custom text, half of them made from questions about an id.
    """
    by_class: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_class[lesson.target].append(lesson)
    source = random.Random(seed)
    decks: dict[str, list[Lesson]] = {target: [] for target in by_class}
    # Between by class and by row: custom rows need their share
    weights = [len(rows) ** 0.5 for rows in by_class.values()]
    with_text = [lesson for lesson in lessons if lesson.span]
    with_id = [one for one in lessons if not one.span and takes_text(one.target) and one.text.count(NUMBER) == 1]
    sources = [rows for rows in (with_text, with_id) if rows]
    for step in range(1, steps + 1):
        made: list[Lesson] = []
        for target in source.choices(sorted(by_class), weights=_sorted_like(by_class, weights), k=CLASSES_A_BATCH):
            deck = decks[target]
            for _ in range(ROWS_A_CLASS):
                if not deck:
                    deck += source.sample(by_class[target], len(by_class[target]))
                made.append(vary(deck.pop(), source))
        if sources:
            made += [_about_a_text(source.choice(sources), vary, source) for _ in range(TEXTS_A_BATCH)]
        if step > first:
            yield step, made


def _about_a_text(rows: Sequence[Lesson], vary: Vary, source: random.Random) -> Lesson:
    """One of the rows, varied until it holds a custom text; the first row, as it stands, where none of the tries does."""
    made = (vary(source.choice(rows), source) for _ in range(TRIES))
    return next((one for one in made if one.span), rows[0])


def _sorted_like(by_class: dict[str, list[Lesson]], weights: Sequence[float]) -> list[float]:
    known = dict(zip(by_class, weights, strict=True))
    return [known[target] for target in sorted(by_class)]
