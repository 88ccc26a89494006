"""Keywords, mistakes, score and similar: on data whose answer is known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent.telling.base import Teller
from agent.telling.tables import table
from core.data import Dataset, Instance, Schema
from core.dialogue import Request
from core.errors import UserError
from core.explanations import Card, Neighbours, Table
from core.operation import OPERATIONS, Context
from core.progress import Progress
from explainers.keywords import keywords, stop_words, words_of
from explainers.neighbours import neighbours
from models.heads.sentence_vectors import SentenceVectors
from models.prompts.text_tokens import TextTokens, locate
from tests.tiny import tiny_encoder, tiny_tokenizer
from tests.toys import Additive

SCHEMA = Schema("toys", ("text",), ("negative", "positive"))
TEXTS = [
    ("the battery is empty, the battery is old", "negative", "en"),
    ("the soup is great", "positive", "en"),
    ("a great film and a great seat", "negative", "en"),
    ("the film is awful", "positive", "en"),
    ("电池没电了，电池太旧", "negative", "zh"),
    ("సినిమా చాలా బాగుంది సినిమా", "positive", "te"),
]
ROWS = tuple(
    Instance((("text", text),), number, label, language, "test") for number, (text, label, language) in enumerate(TEXTS)
)
DATA = Dataset(
    SCHEMA,
    (
        *ROWS,
        Instance((("text", "unlabelled great"),), 99, "", "en", "test"),
        *(Instance((("text", f"train {n}"),), 100 + n, "positive", "en", "train") for n in range(2)),
    ),
)


def run(name: str, rows: tuple[Instance, ...] = DATA.split("test"), **slots: str | int) -> Table:
    request = Request(name, tuple(sorted(slots.items())))
    made = OPERATIONS[name].run(request, Context(Additive, DATA, rows, Progress()))
    assert isinstance(made, Table)
    return made


def test_keywords_are_frequent_here_and_rare_elsewhere() -> None:
    found = {one.word: one for one in keywords(ROWS[:4], DATA, None, Progress())}
    assert "the" not in found and "is" not in found
    assert (found["battery"].count, found["battery"].texts) == (2, 1)
    assert found["battery"].weight == pytest.approx(2 * math.log(8 / 2))  # seven English texts, one with the word
    assert found["great"].weight == pytest.approx(3 * math.log(8 / 4))
    assert next(iter(found)) == "battery"


def test_a_script_without_spaces_is_cut_by_the_tokenizer() -> None:
    reader = TextTokens(tiny_tokenizer())
    pieces = lambda row: [one for one in locate("text", row.text, reader.data(row.text)) if one]  # noqa: E731
    words = words_of(ROWS[4], pieces)
    assert "".join(words) == TEXTS[4][0] and len(words) > 2
    assert words_of(ROWS[5], pieces) == TEXTS[5][0].split(), "Telugu words are whole, marks included"
    assert words_of(ROWS[0], None)[:3] == ["the", "battery", "is"]


def test_stop_words_of_six_languages() -> None:
    assert set(stop_words()) == {"en", "de", "es", "ru", "zh", "te"}
    assert all(len(words) > 80 for words in stop_words().values())


def test_words_that_weigh_the_same_come_by_how_often_they_occur() -> None:
    mine = Instance((("text", "Alpha then zoo, a zoo and the zoo"),), language="fr")
    assert keywords([mine], Dataset(SCHEMA, ()), None, Progress())[0].word == "zoo"


def test_a_text_is_weighed_beside_rows_whose_language_nobody_told() -> None:
    data = Dataset(SCHEMA, tuple(replace(row, language="") for row in DATA.rows))
    mine = Instance((("text", "a great seat, the screen and the screen"),), language="en")
    found = {one.word: one for one in keywords([mine], data, None, Progress())}
    assert list(found) == ["screen", "seat", "great"]
    assert found["screen"].weight == pytest.approx(2 * math.log(10 / 1))  # nine rows, none with the word
    assert found["great"].weight == pytest.approx(math.log(10 / 4))


def test_keywords_as_a_table() -> None:
    made = run("keywords", k=2)
    assert len(made.rows) == 2 and dict(made.facts)["texts"] == "7" and made.plot == "count"
    assert run("keywords", rows=(Instance((("text", "the is and"),), 1, "", "en"),)).caption == "none"


def test_mistakes_are_the_rows_whose_label_differs() -> None:
    counted = run("mistakes", kind="count")
    said = {one.instance.id: one for one in Additive().predict(ROWS)}
    wrong = [row.id for row in ROWS if said[row.id].label != row.label]
    assert dict(counted.facts)["wrong"] == str(len(wrong)) and dict(counted.facts)["total"] == "6"
    assert sum(int(row[1]) for row in counted.rows) == len(wrong)
    shown = run("mistakes")
    assert dict(counted.facts)["ids"] == dict(shown.facts)["ids"] == " ".join(map(str, wrong))
    assert {row[0] for row in shown.rows} == set(wrong)
    assert [row[4] for row in shown.rows] == sorted((said[number].confidence for number in wrong), reverse=True)
    assert run("mistakes", rows=tuple(row for row in ROWS if row.id not in wrong)).caption == "none"


def test_score_is_in_all_by_language_and_by_label() -> None:
    made = run("score")
    right = sum(one.label == one.instance.label for one in Additive().predict(ROWS))
    assert float(dict(made.facts)["value"]) == right / 6
    assert [row[0] for row in made.rows] == ["en", "te", "zh", "negative", "positive"]
    assert [row[4] for row in made.rows] == [4, 1, 1, 3, 3]


def test_score_on_rows_that_measure_nothing() -> None:
    with pytest.raises(UserError, match="no_instance"):
        run("score", rows=DATA.split("train"))
    with pytest.raises(UserError, match="one_label_only"):
        run("score", rows=ROWS[:1], metric="roc")
    bare = Dataset(SCHEMA, tuple(Instance(row.fields, row.id) for row in ROWS))
    with pytest.raises(UserError, match="no_labels"):
        OPERATIONS["score"].run(Request("score"), Context(Additive, bare, bare.rows, Progress()))


def test_the_card_of_the_data_tells_what_was_not_read() -> None:
    part = replace(DATA, empty=ROWS[:2], unread=1_000)
    facts = [dict(card(data).entries) for data in (DATA, part)]
    assert facts[1] == facts[0] | {"unread": "1000", "empty": "2"}


def test_the_card_counts_rows_without_a_split_by_themselves() -> None:
    data = replace(DATA, rows=tuple(replace(row, split="" if row.id in (0, 1) else row.split) for row in DATA.rows))
    assert dict(card(data).entries)["size"] == "9 (–: 2, test: 5, train: 2)"


def card(data: Dataset) -> Card:
    made = OPERATIONS["dataset_card"].run(Request("dataset_card"), Context(Additive, data, data.rows, Progress()))
    assert isinstance(made, Card)
    return made


def test_neighbours_are_the_highest_cosines(tmp_path: Path) -> None:
    encoder, vectors = tiny_encoder(), SentenceVectors(tmp_path)
    made = neighbours(ROWS[1], DATA, 3, encoder, vectors, Progress())
    assert isinstance(made, Neighbours) and made.unit == "cosine" and ROWS[1] not in made.rows
    table = encoder.embed([row.text for row in DATA.rows])
    cosines = table @ table[1]
    best = sorted((n for n in range(len(table)) if n != 1), key=lambda n: -cosines[n])[:3]
    assert [row.id for row in made.rows] == [DATA.rows[n].id for n in best]
    assert made.scores == pytest.approx([cosines[n] for n in best], abs=1e-4)
    own = neighbours(Instance((("text", "the soup is greats"),)), DATA, 1, encoder, vectors, Progress())
    assert len(own.rows) == 1 and own.searched == len(DATA.rows)


def test_vectors_are_made_once_and_kept_on_disk(tmp_path: Path) -> None:
    encoder, steps = tiny_encoder(), []
    listen = Progress(lambda step, done: steps.append(step))
    first = SentenceVectors(tmp_path)
    made = first.of(DATA, encoder, listen)
    assert steps and first.of(DATA, encoder, listen) is made
    steps.clear()
    assert np.array_equal(SentenceVectors(tmp_path).of(DATA, encoder, listen), made) and not steps
    next(tmp_path.iterdir()).write_bytes(b"broken")
    assert SentenceVectors(tmp_path).of(DATA, encoder, listen) == pytest.approx(made, abs=1e-5)


def relabelled(names: dict[str, str]) -> Context:
    """The rows under other labels, with the same model."""
    rows = tuple(replace(row, label=names.get(row.label, row.label)) for row in DATA.rows)
    data = Dataset(replace(SCHEMA, labels=tuple(sorted({row.label for row in rows} - {""}))), rows)
    return Context(Additive, data, data.split("test"), Progress())


def test_a_figure_without_an_interval_has_a_dash_and_a_note() -> None:
    right = tuple(replace(row, label=Additive().predict([row])[0].label) for row in DATA.rows)
    data = replace(DATA, rows=right)
    for metric in ("f1", "recall"):
        context = Context(Additive, data, data.split("test"), Progress())
        made = OPERATIONS["score"].run(Request("score", (("metric", metric),)), context)
        assert isinstance(made, Table) and made.caption == f"{metric}_bare" and "low" not in dict(made.facts)
        assert [key for key, _ in made.provenance.notes] == ["no_interval"]
        said = " ".join(block.plain for block in table(Teller(OPERATIONS["score"].words, SCHEMA, "en"), made))
        assert "interval" not in said.split(":")[0] and "100% | – | –" in said


@pytest.mark.parametrize("name", ["score", "mistakes"])
def test_labels_that_the_model_never_answers_are_left_out_and_named(name: str) -> None:
    made = OPERATIONS[name].run(Request(name), relabelled({"positive": "mixed"}))
    assert isinstance(made, Table) and dict(made.facts)["total"] == "3"
    (note,) = made.provenance.notes
    assert note == ("other_labels", (("model", "additive"), ("labels", "mixed"), ("count", "3"), ("total", "6")))


@pytest.mark.parametrize("name", ["score", "mistakes"])
def test_a_model_with_quite_other_labels_is_not_called_wrong(name: str) -> None:
    with pytest.raises(UserError, match="other_labels") as refused:
        OPERATIONS[name].run(Request(name), relabelled({"positive": "good", "negative": "bad"}))
    assert (refused.value.facts["own"], refused.value.facts["data"]) == ("negative, positive", "bad, good")


def test_a_validation_split_is_measured_where_there_is_no_test_split() -> None:
    rows = tuple(replace(row, split="validation") if row.split == "test" else row for row in DATA.rows)
    data = replace(DATA, rows=rows)
    made = OPERATIONS["score"].run(Request("score"), Context(Additive, data, data.split("test"), Progress()))
    assert isinstance(made, Table) and dict(made.facts)["total"] == "6"
