"""What a change of data or model did to the test rows: on a toy whose answers are known, and told."""

from __future__ import annotations

from dataclasses import replace

from agent.running.run import Runner
from agent.telling.base import Teller
from agent.telling.changes import change
from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration, Request
from core.explanations import LEARN, Change
from core.operation import OPERATIONS, Context
from core.progress import Progress
from operations.learn import compared
from tests.toys import Additive, Toy

SCHEMA = Schema("toys", ("text",), ("negative", "positive", "mixed"))
TEXTS = (("a great film", "positive"), ("a bad film", "positive"), ("a bad end", "negative"), ("so so", "mixed"))
ROWS = (
    *(Instance((("text", text),), number, label, "en", "test") for number, (text, label) in enumerate(TEXTS)),
    Instance((("text", "a film"),), 9, "positive", "en", "train"),
)


class Cheerful(Additive):
    """Calls everything positive."""

    def predict(self, instances):  # type: ignore[no-untyped-def]
        return [replace(made, probabilities=(0.1, 0.9)) for made in super().predict(instances)]


def made_by_learning() -> Change:
    data = Dataset(SCHEMA, ROWS)
    before, after = (Context(kind, data, data.rows, Progress()) for kind in (Additive, Cheerful))
    return compared(LEARN, ROWS[0], before, after, 0)


def test_rows_that_turned_right_and_wrong_are_counted_among_those_that_can_be_right() -> None:
    made = made_by_learning()
    assert (made.total, made.right, made.turned) == (3, (2, 2), (1, 1))
    assert [key for key, _ in made.provenance.notes] == ["other_labels"]


def test_another_model_is_compared_without_the_changes_of_this_one() -> None:
    asked: list[tuple[str, int]] = []

    def load(model: str, precision: str, dataset: Dataset, progress: Progress, changes: tuple[Alteration, ...]) -> Toy:
        asked.append((model, len(changes)))
        return Additive()

    request = Request("compare", (("model", "other"),), ids=(0,), model="own", changes=(Alteration(LEARN, 0),))
    context = Runner(load, 1).context(request, Dataset(SCHEMA, ROWS), Progress())
    made = OPERATIONS["compare"].run(request, context)
    assert asked == [("own", 1), ("other", 0)]
    assert "compared_unchanged" in [key for key, _ in made.provenance.notes]


def test_the_pairs_are_told_with_their_test() -> None:
    made = replace(made_by_learning(), total=378, right=(300, 310), turned=(10, 0))
    said = " ".join(block.plain for block in change(Teller(OPERATIONS["learn"].words, SCHEMA, "en"), made))
    assert "10 texts turned right and 0 turned wrong (exact test on these pairs: p = 0.002)" in said
