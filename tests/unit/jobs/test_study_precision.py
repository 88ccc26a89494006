"""The study of precisions: figures and controls on planted rows, and the whole job on a tiny model, stopped and taken up."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.data import Instance, Schema
from core.errors import UserError
from jobs import study_precision
from jobs.__main__ import names
from jobs.precision_study import bench, work
from jobs.precision_study.arms import Arm, Helpers
from jobs.precision_study.bench import distinct
from jobs.precision_study.controls import controls
from jobs.precision_study.data import studied
from jobs.precision_study.figures import BROKEN, FEW, INSIDE, OUTSIDE, study
from jobs.precision_study.prompts import edit_prompt, edited, rationale_prompt, tidy_edit, tidy_rationale
from jobs.precision_study.report import report, summary
from jobs.shared import precisions
from jobs.shared.precisions import clock, compared_precisions
from models.loading import Models
from tests.tiny import folder_of
from tests.tiny_causal import CHAT, tiny_causal, tiny_tokenizer

LABELS = ("entailment", "neutral", "contradiction")
ARMS = ["fp32", "fp32 · seed 1", "rtn8", "rtn4", "rtn2"]
PAIR = Schema("pairs", ("premise", "hypothesis"), LABELS)
ROW = Instance((("premise", "A dog runs."), ("hypothesis", "It sleeps.")), 1, "contradiction", "en", "test")


class Letters:
    """Vectors of the letters that a text holds."""

    def embed(self, texts):
        counts = np.array(
            [[1 + text.count(chr(97 + place)) for place in range(26)] for text in texts], dtype=np.float32
        )
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


class Reader:
    """Knows an explanation by the label's first letter in it."""

    def labels_of(self, texts):
        return [next((label for label in LABELS if label[0] in text), LABELS[0]) for text in texts]


class Fluent:
    def log_probs(self, texts):
        return [tuple(-1.0 for _ in text.split()) for text in texts]


def write(folder, count=9):
    """A data set in the form of e-SNLI, files named by language and split, ids of which repeat."""
    folder.mkdir()
    for split in ("dev", "test"):
        rows = []
        for number in range(count):
            label = LABELS[number % 3]
            why = [f"{label[0]}{label[0]} because of the battery {number}.", "since the film."]
            rows.append(
                {
                    "id": number,
                    "premise": f"The battery {number} {split}.",
                    "hypothesis": f"Film {number}.",
                    "label": label,
                }
                | {"explanations": why}
            )
        (folder / f"en.{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_rows_are_balanced_explained_and_apart_from_what_is_learned(tmp_path):
    data = studied(str(write(tmp_path / "pairs")), "test", [], 6, 0)
    assert [item.instance.label for item in data.items].count("neutral") == 2
    assert data.dataset.schema.fields == ("premise", "hypothesis")
    train = data.dataset.split("train")
    assert len(train) == 9 and all("dev" in row.text for row in train), "the other split lends its rows"
    assert not {item.instance.id for item in data.items} & {row.id for row in train}
    assert len(data.lessons) == 9 and data.lessons[0][0].endswith("battery 0.")
    for item in data.items:
        number = item.instance.text.split()[2]
        assert number in item.explanations[0] and item.shuffled and number not in item.shuffled
        assert item.shuffled[0] != item.instance.label[0], "the shuffled one argues for another label"


def test_one_split_lends_the_rows_that_are_not_studied(tmp_path):
    folder = write(tmp_path / "pairs")
    data = studied(str(folder / "en.test.jsonl"), "test", [], 3, 0)
    assert len(data.dataset.split("train")) == 6
    with pytest.raises(UserError, match="no_instance"):
        studied(str(folder), "test", ["de"], 3, 0)
    with pytest.raises(UserError, match="nothing_to_learn"):  # never from the rows that are studied
        studied(str(folder / "en.test.jsonl"), "test", [], 0, 0)


def test_rows_that_annotators_disagreed_on_are_neither_studied_nor_learned_from(tmp_path):
    folder = write(tmp_path / "pairs")
    (folder / "schema.toml").write_text(
        f'name = "pairs"\nfields = ["premise", "hypothesis"]\nlabels = {json.dumps(LABELS)}\n'
    )
    for file in folder.glob("*.jsonl"):
        file.write_text(file.read_text().replace('"neutral"', "-1"))
    data = studied(str(folder), "test", [], 0, 0)
    assert {item.instance.label for item in data.items} == {"entailment", "contradiction"}
    assert {label for _, label in data.lessons} == {"entailment", "contradiction"}


def test_prompts_name_the_label_and_answers_are_tidied():
    asked = rationale_prompt(PAIR, ROW, "neutral")
    assert "Premise: A dog runs.\nHypothesis: It sleeps." in asked and "Label: neutral" in asked
    assert "so that the label becomes neutral instead of contradiction" in edit_prompt(
        PAIR, ROW, "contradiction", "neutral"
    )
    assert tidy_rationale(" It runs. And more. And more.\n\nLabel: x") == "It runs."
    assert tidy_edit('Hypothesis: "It runs."\nBecause', "hypothesis") == "It runs."
    assert tidy_edit("Here is the changed hypothesis:\nIt runs.", "hypothesis") == "It runs."
    assert tidy_edit("At noon: it runs.", "hypothesis") == "At noon: it runs."
    assert tidy_edit("\n", "hypothesis") == ""
    made = edited(ROW, "hypothesis", "It runs.")
    assert dict(made.fields) == {"premise": "A dog runs.", "hypothesis": "It runs."} and made.id is None


def test_distinct_on_paper():
    assert distinct("a b a b a", 2) == pytest.approx(0.5)
    assert distinct("a", 2) is None


def planted(arm, item, right, human, text, flip=1.0, attribution=(3.0, 2.0, 1.0, 0.0)):
    return {
        "key": f"{arm}/{item}", "arm": arm, "id": item, "gold": "neutral", "predicted": "neutral", "right": right,
        "human_log_prob": human, "shuffled_log_prob": human - 1, "human_guess": "neutral", "shuffled_guess": "entailment",
        "text_log_prob": text, "text_tokens": 10, "edit_flip": flip, "guessed": "neutral",
        "attribution": list(attribution), "seconds": {"predict": 0.5}, "weights_mb": 4.0,
    }  # fmt: skip


def planted_rows():
    rows = []
    for item in range(20):
        swing = 0.2 if item % 2 else -0.2
        rows.append(planted("fp32", item, 1.0, -2.0, -1.0))
        rows.append(planted("fp32 · seed 1", item, 1.0, -2.0 + swing, -1.0))
        rows.append(planted("rtn8", item, 1.0, -2.0 + swing / 4, -1.001 + swing / 100))
        rows.append(planted("rtn4", item, float(item % 3 > 0), -2.5, -1.5, attribution=(2.0, 3.0, 1.0, 0.0)))
        rows.append(planted("rtn2", item, 0.0, -7.0, -5.0, flip=0.0, attribution=(0.0, 1.0, 2.0, 3.0)))
    return rows


def test_differences_are_paired_and_stand_beside_the_noise():
    found = study(planted_rows(), ARMS)
    assert found.cell("human_log_prob", "rtn4").difference.mean == pytest.approx(-0.5)
    assert found.cell("human_log_prob", "rtn8").verdict == INSIDE
    assert found.cell("human_log_prob", "rtn2").verdict == BROKEN
    assert found.cell("accuracy", "rtn4").own.mean == pytest.approx(13 / 20)
    assert found.cell("accuracy", "rtn4").difference.high < 0
    assert found.cell("attribution_tau", "rtn4").own.mean == pytest.approx(4 / 6)  # one pair of six turned
    assert found.cell("attribution_tau", "rtn2").own.mean == pytest.approx(-1.0)
    assert found.cell("accuracy", "fp32").difference is None
    assert found.cell("cc_shap", "rtn2").own is None
    assert dict(found.perplexities)["rtn2"] == pytest.approx(np.exp(5.0))
    better = [row | {"human_log_prob": 0.0} if row["arm"] == "rtn4" else row for row in planted_rows()]
    assert study(better, ARMS).cell("human_log_prob", "rtn4").verdict == OUTSIDE


def test_words_that_all_score_alike_agree_in_nothing():
    flat = (1.0, 1.0, 1.0, 1.0)
    rows = [row | {"attribution": flat} if row["arm"] == "rtn8" and row["id"] < 10 else row for row in planted_rows()]
    found = study([row | {"attribution": list(row["attribution"])} for row in rows], ARMS).cell(
        "attribution_tau", "rtn8"
    )
    assert (found.own.mean, found.own.n) == (pytest.approx(0.5), 20)
    alike = [row | {"attribution": list(flat)} if row["arm"] == "fp32" else row for row in planted_rows()]
    assert study(alike, ARMS).cell("attribution_tau", "rtn8").own is None, "a reference without order compares nothing"


def test_controls_hold_on_planted_rows_and_fail_on_rows_that_break_them():
    rows = planted_rows()
    held = {one.name.split(":")[0]: one.held for one in controls(study(rows, ARMS), rows)}
    assert held == {
        "planted explanations": True, "rtn8": True, "rtn2": True, "perplexity rises 8 → 4 → 3 → 2 bit": True
    }  # fmt: skip
    broken = [row | {"human_log_prob": -9.0} if row["arm"] == "rtn8" else row for row in rows]
    broken = [row | {"shuffled_guess": "neutral"} for row in broken]
    broken = [row | {"text_log_prob": -0.1, "human_log_prob": -2.0} if row["arm"] == "rtn2" else row for row in broken]
    held = [one.held for one in controls(study(broken, ARMS), broken)]
    assert held == [True, False, False, False, False]
    bare = [{key: value for key, value in row.items() if "human" not in key} for row in rows]
    assert [one.held for one in controls(study(bare, ARMS), bare)][:2] == [None, None]


def test_the_page_stands_alone_and_escapes():
    rows = [row | {"rationale": "<b>", "edit": "x"} for row in planted_rows()]
    made = report(study(rows, ARMS), rows, {"dataset": "<data>"})
    assert "&lt;b&gt;" in made and "<b>" not in made and "<data>" not in made
    assert "http" not in made and "src=" not in made and made.count("<svg") >= 3
    assert "| accuracy |" in summary(study(rows, ARMS), rows)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """The job on a tiny model, with judges that need none."""
    model = folder_of(tiny_causal("qwen2"), tiny_tokenizer(CHAT), tmp_path / "model")
    helpers = Helpers(Letters(), Reader(), Fluent())
    monkeypatch.setattr(work, "helpers_of", lambda *_: helpers)
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    asked = ["--dataset", str(write(tmp_path / "pairs", 6)), "--model", f"file:{model}", "--precisions", "rtn2,fp32"]
    sizes = ["--light", "rtn3", "--limit", "3", "--deep", "1", "--tokens", "4", "--tried", "3", "--variants", "4"]
    return [*asked, *sizes, "--out", str(tmp_path / "out")], tmp_path / "out"


def lines(folder):
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def test_the_job_measures_every_arm_and_goes_on_where_it_stopped(job, capsys):
    arguments, out = job
    assert study_precision.main(arguments) == 0
    rows = lines(out)
    assert [row["arm"] for row in rows[::3]] == ["fp32", "fp32 · seed 1", "rtn2", "rtn3"]
    assert all("rationale" in row for row in rows[:9]) and "rationale" not in rows[-1]
    assert sum("attribution" in row for row in rows) == 2 and sum("cc_shap" in row for row in rows) == 3
    assert {"human_log_prob", "text_log_prob", "edit_flip", "testable"} <= rows[0].keys()
    assert (out / "report.html").exists() and "accuracy" in capsys.readouterr().out
    assert json.loads((out / "manifest.json").read_text())["job"]["fluency"] == "", "no judge is on this machine"
    figures = json.loads((out / "figures.json").read_text())
    assert figures["items"] == 3 and {one["held"] for one in figures["controls"]} <= {True, False, None}

    (out / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:-2]) + '{"half')
    assert study_precision.main(arguments) == 0
    again = lines(out)
    timing = ("seconds", "wall")
    assert [{k: v for k, v in row.items() if k not in timing} for row in again] == [
        {k: pytest.approx(v, abs=1e-4) if isinstance(v, float) else v for k, v in row.items() if k not in timing}
        for row in rows
    ]
    with pytest.raises(UserError, match="job_changed"):
        study_precision.main([*arguments[:-2], "--temperature", "0.1", *arguments[-2:]])
    full = ["rtn2,fp32,rtn3" if one == "rtn2,fp32" else one for one in arguments]
    with pytest.raises(UserError, match="job_changed"):  # a precision that was light and is to be measured whole
        study_precision.main(full)


def refused_beyond(name, monkeypatch):
    """The models of a machine that has no room for this precision."""
    whole = Models.explained

    def explained(self, model, precision, *more):
        if precision == name:
            raise UserError("out_of_memory", name=model, need=9, free=1, fits="–")
        return whole(self, model, precision, *more)

    monkeypatch.setattr(Models, "explained", explained)


def test_a_precision_that_is_refused_is_left_out_and_named(job, monkeypatch, capsys):
    arguments, out = job
    with monkeypatch.context() as small:
        refused_beyond("rtn2", small)
        assert study_precision.main(arguments) == 0
    said = capsys.readouterr()
    assert "rtn2 is left out" in said.err and "rtn2 could not be measured" in said.out
    assert "rtn2 could not be measured" in (out / "report.html").read_text()
    assert {row["arm"] for row in lines(out)} == {"fp32", "fp32 · seed 1", "rtn3"}
    assert "rtn2" in json.loads((out / "figures.json").read_text())["refused"]
    assert study_precision.main(arguments) == 0, "the same command tries it again"
    assert "rtn2" in {row["arm"] for row in lines(out)}


def test_a_reference_that_is_refused_ends_the_study(job, monkeypatch):
    refused_beyond("fp32", monkeypatch)
    with pytest.raises(UserError, match="out_of_memory"):
        study_precision.main(job[0])


def test_a_precision_that_computes_no_numbers_is_left_out(job, monkeypatch, capsys):
    arguments, out = job
    whole = bench.Bench._likely

    def likely(self, items, rows):
        whole(self, items, rows)
        if self.arm.precision == "rtn3":
            rows[-1]["text_log_prob"] = float("nan")

    monkeypatch.setattr(bench.Bench, "_likely", likely)
    assert study_precision.main(arguments) == 0
    assert "rtn3 is left out: In rtn3," in capsys.readouterr().err
    assert "rtn3" not in {row["arm"] for row in lines(out)}


def test_corrected_explanations_are_another_study(job):
    arguments, out = job
    assert study_precision.main(arguments) == 0
    file = next((out.parent / "pairs").glob("*test.jsonl"))
    file.write_text(file.read_text().replace("because of", "on account of"))
    with pytest.raises(UserError, match="dataset.chosen"):
        study_precision.main(arguments)


def test_without_names_all_that_the_device_can_do_is_compared(monkeypatch):
    monkeypatch.setattr(
        precisions, "runnable", lambda device: ("fp32", "rtn8", "gptq4") if device.type == "cpu" else ()
    )
    assert compared_precisions([], torch.device("cpu")) == ["fp32", "rtn8"], "not what only some checkpoints have"
    assert compared_precisions(["rtn2", "fp32", "rtn8"], torch.device("cpu")) == ["fp32", "rtn2", "rtn8"]


def test_the_clock_waits_for_the_gpu(monkeypatch):
    waited = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    clock(torch.device("cpu"))
    clock(torch.device("cuda"))
    assert waited == [torch.device("cuda")]


def test_arms_begin_with_full_precision_and_its_second_seed():
    asked = SimpleNamespace(precisions=["rtn2", "fp32", "rtn8"], light=["rtn8", "rtn3"], no_noise=False)
    settings = study_precision.read_settings({"POLYLENS_DEVICE": "cpu"})
    made = study_precision.arms_of(asked, settings)
    assert made == [Arm("fp32"), Arm("fp32", 1), Arm("rtn2"), Arm("rtn8"), Arm("rtn3", 0, True)]


def test_parts_of_the_job_are_no_jobs():
    assert "study_precision" in names() and not [name for name in names() if name.startswith("study_precision_")]


def test_nothing_is_learned_from_a_studied_row_of_data_with_a_train_split(tmp_path):
    folder = write(tmp_path / "pairs")
    (folder / "en.dev.jsonl").rename(folder / "en.train.jsonl")
    (folder / "en.test.jsonl").rename(folder / "en.validation.jsonl")
    for split, of, left in (("test", "test", 9), ("train", "dev", 5), ("Validation", "test", 9)):
        data = studied(str(folder), split, [], 4, 0)
        train = data.dataset.split("train")
        assert all(of in item.instance.text for item in data.items), split
        assert len(train) == left and not {item.instance.id for item in data.items} & {row.id for row in train}
        assert len(data.lessons) == left


def test_a_few_items_carry_no_verdict():
    rows = [row for row in planted_rows() if row["id"] < 5]
    found = study(rows, ARMS)
    assert found.cell("human_log_prob", "rtn2").verdict == found.cell("accuracy", "rtn4").verdict == FEW
    assert [one.held for one in controls(found, rows)][:4] == [None, None, None, None]
    assert "too few items" in report(found, rows, {}) and "✗" not in summary(found, rows)
    few = [row for row in planted_rows() if row["arm"] != ARMS[1] or row["id"] < 5]
    assert study(few, ARMS).cell("human_log_prob", "rtn2").verdict == FEW, "nor does a noise floor of a few"
