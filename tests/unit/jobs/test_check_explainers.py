"""The job that checks explainers: its figures by hand, its table and its page, on a toy."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from core.data import Dataset, Schema
from core.errors import UserError
from explainers.checking import check, paired, summaries
from jobs import check_explainers
from jobs.check_explainers import measured, names, page, table
from jobs.shared import subject
from jobs.shared.kept import Kept
from jobs.shared.subject import first_of_each_language, in_languages
from models.base import PREDICT
from tests.toys import Additive, instance

TEXTS = ("we saw a great and very long film with fine music", "a bad day in may with an awful long rain and wind")
ROWS = tuple(
    type(instance("a"))((("text", text),), number, "positive", language, "test")
    for number, (text, language) in enumerate(zip(TEXTS * 2, ("en", "en", "de", "de"), strict=True))
)
LEARNED = replace(ROWS[0], id=9, split="train")
DATA = Dataset(Schema("toys", ("text",), ("negative", "positive")), (*ROWS, LEARNED))


def checked(methods=("occlusion", "random_scores"), deep=False):
    return list(check(Additive(), ROWS, methods, draws=10, deep=deep))


def test_the_true_map_stands_above_the_control():
    first, second = summaries(checked())
    assert (first.method, second.method) == ("occlusion", "random_scores")
    assert first.above == 1.0 and first.gains["comprehensiveness"].low > 0
    assert first.model_calls > second.model_calls
    assert set(first.languages) == {"de", "en"} and first.languages["de"].n == 2


def test_random_maps_of_a_text_are_computed_once_for_all_methods():
    one, two = Additive(), Additive()
    list(check(one, ROWS[:1], ("occlusion",), draws=10))
    list(check(two, ROWS[:1], ("occlusion", "kernel_shap", "lime"), draws=10))
    own = 2 * 160 + 4  # of the two methods, their predictions and the ends; variants drawn twice are computed once
    assert 100 < two.calls - one.calls < own + 30


def test_deep_metrics_are_added_when_asked_for():
    shallow, deep = summaries(checked(("occlusion",)))[0], summaries(checked(("occlusion",), deep=True))[0]
    assert set(deep.values) > set(shallow.values) and "leave_one_out_tau" in deep.values
    assert deep.values["comprehensiveness"] == shallow.values["comprehensiveness"]


def test_rows_are_taken_language_by_language():
    assert [row.id for row in first_of_each_language(DATA, "test", 1, [])] == [0, 2]
    assert [row.id for row in first_of_each_language(DATA, "test", 0, ["de"])] == [2, 3]


def test_methods_are_all_that_fit_or_those_asked_for(capsys):
    blind = Additive(frozenset({PREDICT}))
    assert names(blind, []) == ["kernel_shap", "lime", "occlusion", "shapley_sampling", "random_scores"]
    assert "integrated_gradients" in capsys.readouterr().err
    assert names(blind, ["lime", "occlusion", "lime"]) == ["lime", "occlusion"]
    with pytest.raises(UserError, match="missing_for_method"):
        names(blind, ["saliency"])


def test_the_page_is_whole_and_stands_alone():
    found = summaries(checked())
    made = page("<data>", found, {})
    HTMLParser().feed(made)
    assert "&lt;data&gt;" in made and "<data>" not in made
    assert "http" not in made and "src=" not in made
    assert made.count("<table>") == 5
    assert table(found).splitlines()[1].startswith("occlusion")


def test_the_job_writes_what_it_prints(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(subject.Models, "explained", lambda *_: Additive())
    monkeypatch.setattr(subject, "load_dataset", lambda _: DATA)
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    assert check_explainers.main(["--data", "x", "--methods", "occlusion", "--out", str(tmp_path)]) == 0
    report = json.loads((tmp_path / "explainers.json").read_text())
    said = capsys.readouterr()
    assert "occlusion" in said.out and "6 texts or more" in said.err
    assert not list((tmp_path / "cache").glob("**/*.json"))
    assert report["methods"][0]["method"] == "occlusion"
    assert (tmp_path / "explainers.html").exists()
    with pytest.raises(UserError, match="no_instance"):
        check_explainers.main(["--dataset", "x", "--languages", "xx"])


def test_the_paired_test_agrees_with_signs_counted_by_hand():
    found = paired(checked(), "random_scores")
    assert set(found) == {"occlusion"} and found["occlusion"].over.n == 4
    assert found["occlusion"].over.low > 0 and found["occlusion"].p == 0.125  # all four above: 2 / 2⁴
    assert paired(checked(("occlusion",)), "random_scores") == {}


def test_p_values_are_corrected_for_the_number_of_methods():
    found = paired(checked(("occlusion", "lime", "random_scores")), "random_scores")
    assert found["occlusion"].p == found["lime"].p == 0.125
    assert found["occlusion"].holm == found["lime"].holm == 0.25


def test_a_few_texts_have_their_number_and_no_interval():
    made = page("toys", summaries(checked()), {})
    assert '<th scope="col">de (n = 2)</th>' in made and "(n = 4)" in made and ".000 to " not in made


@pytest.mark.parametrize("cut", ["che", 'checked": [{"is": "Checked"}', 'checked": []}\n[1, 2'])
def test_a_stopped_job_goes_on_from_where_it_was(tmp_path, cut):
    (row, other), of = ROWS[:2], ["toys", "lime"]
    made = checked()[:2]
    kept = Kept(tmp_path, of)
    assert kept.read(row) == [] and kept.written(row, made) == made
    with (tmp_path / "checked.jsonl").open("a") as file:
        file.write(f'\n{{"id": 1, "of": ["toys", "lime"], "{cut}')
    again = Kept(tmp_path, of)
    assert again.read(row) == made and again.read(other) == []
    assert again.written(other, made) == made and Kept(tmp_path, of).read(other) == made
    assert Kept(tmp_path, ["toys", "occlusion"]).read(row) == []


def test_only_the_languages_asked_for_are_read():
    assert {row.language for row in in_languages(DATA, ["de"]).rows} == {"de"}
    assert in_languages(DATA, []) is DATA


@pytest.mark.parametrize("more", [["--languages", "en"], ["--split", "train"], ["--seed", "5"]])
def test_the_chat_is_told_only_of_its_own_head_on_texts_that_are_new_to_it(monkeypatch, more):
    told = []
    monkeypatch.setattr(subject.Models, "explained", lambda *_: Additive())
    monkeypatch.setattr(subject, "load_dataset", lambda _: DATA)
    monkeypatch.setattr(check_explainers, "keep", lambda _, found: told.append(found))
    asked = ["--data", "x", "--methods", "occlusion", "--limit", "1"]
    check_explainers.main([*asked, *more])
    assert told == []
    check_explainers.main(asked)
    assert len(told) == 1


def test_without_a_test_split_only_rows_that_no_head_was_trained_on_are_read():
    rows = tuple(replace(ROWS[0], id=number, split="") for number in range(10))
    assert [row.id for row in first_of_each_language(replace(DATA, rows=rows), "test", 0, [])] == [4, 9]
    # A file of test rows alone: the head learns from four fifths
    tests = tuple(replace(row, split="test") for row in rows)
    assert [row.id for row in first_of_each_language(replace(DATA, rows=tests), "test", 0, [])] == [4, 9]
    other = (LEARNED, replace(LEARNED, id=10, split="validation"))
    assert [row.id for row in first_of_each_language(replace(DATA, rows=other), "test", 0, [])] == [10]
    assert [row.id for row in first_of_each_language(DATA, "train", 0, [])] == [9], "asked for by name"


def test_the_chat_is_told_no_verdict_on_a_handful_of_texts_and_no_path(tmp_path):
    many = tuple(replace(ROWS[number % 4], id=number) for number in range(6))
    found = summaries(list(check(Additive(), many, ("occlusion", "random_scores"), draws=10)))
    (told,) = measured(Additive(), DATA, found, tmp_path / "mine")
    assert (told.method, told.count, told.revision, told.report) == (
        "occlusion",
        6,
        DATA.revision,
        "mine/explainers.html",
    )
    assert measured(Additive(), DATA, summaries(checked()), None) == []
