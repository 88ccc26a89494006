"""The job that checks rationales: every metric on a scripted writer, and the tables of it."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.progress import Progress
from explainers.metrics.rationale_base import RATIONALE_METRICS
from explainers.rationales.checking import Tools, check, rationales, telling
from jobs import check_rationales
from jobs.check_rationales import figures, reader_of, spoken
from jobs.shared import subject
from models.generation.batch_writer import BatchWriter, DrawingWriter
from models.generation.generator import CausalGenerator
from tests.tiny_causal import ROW, tiny_causal, tiny_tokenizer
from tests.toys import Additive
from tests.unit.explainers.test_rationale import Scripted
from tests.unit.explainers.test_rationale_metrics import Letters

TEXTS = ("we saw a great and long film on a summer day", "so we had a bad day in may with rain and wind")
TRAINING = (("a great film", "positive"), ("an awful sea", "negative"), ("a good sea", "positive"))
TEST = tuple(Instance((("text", text),), place, "positive", "en", "test") for place, text in enumerate(TEXTS))
TRAIN = tuple(
    Instance((("text", text),), 10 + place, label, "en", "train") for place, (text, label) in enumerate(TRAINING)
)
DATA = Dataset(Schema("toys", ("text",), ("negative", "positive")), (*TEST, *TRAIN))
SAID = 'great", which is praise.'


class Other(Scripted):
    """A writer whose answer depends on the seed alone."""

    def stream(self, prompt, tokens, seed=0, stop=lambda: False, opening=""):
        yield ('great", which is praise.', 'day", and that is when it was.')[seed % 2]


def tools(writer=None):
    def likely(asked):
        return [(-float(len(prompt)), -1.0) for prompt, _ in asked]

    reader = reader_of(DATA, Letters())
    return Tools(writer or Scripted(SAID), Other(), likely, reader, Letters(), DATA, budget=12)


def written(writer=None):
    return rationales(Additive(), [(row, "en") for row in TEST], writer or Scripted(SAID), 0, Progress())


def test_every_metric_of_a_rationale_has_a_value():
    made = written()
    found = check(Additive(), made[0], made, tools(), 20, 0, Progress())
    values = {score.metric: score for score in found.scores}
    assert set(values) >= set(RATIONALE_METRICS.names())
    assert [name for name in RATIONALE_METRICS.names() if values[name].value is None] == []
    assert values["named_again"].value == pytest.approx(1 / 3), "other seeds: great once, day twice"
    assert values["self_consistency"].value < 1
    assert len(values["self_consistency"].random) == 1, "the other text's reason"
    assert values["edit_test"].value == 0.0, "the scripted writer never names what was put in"


def test_the_writer_is_told_what_is_left_of_each_variant_and_the_same_answer():
    asked = []

    def likely(pairs):
        asked.extend(pairs)
        return [(0.0,) for _ in pairs]

    model, made = Additive(), written()[0]
    variants = [
        made.prediction.instance,
        replace(TEST[0], fields=(("text", "a bad film"),)),
        replace(TEST[0], fields=(("text", " "),)),
    ]
    assert telling(model, made, likely, Progress())(variants) == [(0.0,)] * 3
    assert {answer for _, answer in asked} == {made.text}
    assert "“great”" in asked[0][0] and "great" not in asked[1][0] + asked[2][0]
    assert all("“positive”" in prompt for prompt, _ in asked)


def test_who_writes_nothing_usable_has_no_rationale_and_names_no_insertion():
    assert written(Scripted("ok.")) == []
    made = written()[0]
    found = check(Additive(), made, [made], tools(Scripted("ok.")), 20, 0, Progress())
    (score,) = (one for one in found.scores if one.metric == "edit_test")
    assert (score.value, set(score.random)) == (0.0, {0.0})


def test_a_reader_learns_from_labelled_training_rows():
    assert reader_of(DATA, Letters()).labels_of(["an awful sea"]) == ["negative"]
    assert reader_of(replace(DATA, rows=(*TEST, TRAIN[0])), Letters()) is None


def test_the_language_is_that_of_the_text_where_the_writer_speaks_it():
    assert spoken("qwen-coder-0.5b", replace(TEST[0], language="de")) in ("de", "en")
    assert spoken("qwen-coder-0.5b", replace(TEST[0], language="xx")) == "en"


def test_another_seed_draws_another_text():
    generator = CausalGenerator(ROW, tiny_causal("qwen2"), tiny_tokenizer())
    writer = DrawingWriter(BatchWriter(generator, 1.0))
    texts = ["".join(writer.stream("a film", 12, seed, opening="Because")) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2] and writer.name == generator.name


@pytest.fixture
def job(monkeypatch, tmp_path):
    monkeypatch.setattr(subject.Models, "explained", lambda *_: Additive())
    monkeypatch.setattr(check_rationales, "tools_of", lambda *_: tools())
    monkeypatch.setattr(subject, "load_dataset", lambda _: DATA)
    monkeypatch.setattr(check_rationales, "spoken", lambda *_: "en")
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    return ["--dataset", "x", "--out", str(tmp_path)]


def test_the_job_writes_what_it_prints_and_computes_nothing_twice(job, tmp_path, capsys, monkeypatch):
    assert check_rationales.main(job) == 0
    report, said = json.loads((tmp_path / "rationales.json").read_text()), capsys.readouterr().out
    assert (report["checked"], {one["metric"] for one in report["metrics"]} >= set(RATIONALE_METRICS.names())) == (
        2,
        True,
    )
    assert "edit_test" in said and "reasons by scripted for 2 of 2 texts" in said
    made = (tmp_path / "rationales.html").read_text()
    HTMLParser().feed(made)
    assert "cc_shap" in made and "http" not in made
    monkeypatch.setattr(check_rationales, "check", None)
    assert check_rationales.main(job) == 0 and capsys.readouterr().out == said


def test_a_job_without_a_usable_reason_says_so(job, monkeypatch):
    monkeypatch.setattr(check_rationales, "tools_of", lambda *_: tools(Scripted("ok.")))
    with pytest.raises(UserError, match="no_rationale"):
        check_rationales.main(job)
    assert figures([]) == []
