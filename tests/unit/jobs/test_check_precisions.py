"""The job that checks precisions: what two precisions' words agree in, and on which rows."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from typing import ClassVar

import torch

from core.data import Dataset, Instance
from core.errors import UserError
from core.explanations import Attribution, Prediction, Token
from jobs import check_precisions
from jobs.check_precisions import Measured, Sample
from tests.tiny import LABELS, SCHEMA, instance
from tests.toys import Additive


def attribution(*words: str, scores: tuple[float, ...]) -> Attribution:
    made = Prediction(instance(" ".join(words)), LABELS, (0.1, 0.1, 0.8))
    tokens = tuple(Token(word, 10 * place, 10 * place + len(word)) for place, word in enumerate(words))
    return Attribution(made, "positive", "occlusion", tokens, scores, "logit")


def measured(*explained: Attribution) -> Measured:
    return Measured("fp32", (True, False), None, 0.1, explained, (None,) * len(explained), False, None)


FULL = attribution("good", "film", "here", scores=(3.0, 2.0, 1.0))
EMOJI, WORD = attribution("👍👍", scores=(1.0,)), attribution("Super", scores=(1.0,))


def test_texts_without_an_order_are_left_out():
    full = measured(FULL, EMOJI, WORD)
    found = full.record(full)
    assert found["texts"] == 1 and (found["tau"], found["tau_least"], found["overlap"]) == (1.0, 1.0, 1.0)
    bare = measured(EMOJI, WORD)
    found = bare.record(bare)
    assert found["texts"] == 0 and found["tau"] is found["rho"] is found["overlap"] is None


def test_a_precision_that_scores_all_words_alike_agrees_in_nothing():
    found = measured(replace(FULL, scores=(0.0, 0.0, 0.0))).record(measured(FULL))
    assert found["texts"] == 1 and found["tau"] == 0.0


def test_only_new_rows_with_a_label_of_the_task_are_measured():
    rows = tuple(Instance((("text", f"film {number}"),), number, LABELS[0]) for number in range(10))
    sample = Sample.of(Dataset(SCHEMA, rows), 0, 12)
    assert [row.id for row in sample.rows] == [row.id for row in sample.texts] == [4, 9]
    unsure = (*rows[:9], replace(rows[9], label="-1"), replace(rows[9], id=10))
    assert [row.id for row in Sample.of(Dataset(SCHEMA, unsure), 0, 12).rows] == [4, 10]


class Loaded:
    """Stands in for the models: which are alive when one is loaded."""

    alive: ClassVar = weakref.WeakSet()
    seen: ClassVar = []

    def __init__(self, _):
        self.device = torch.device("cpu")

    def explained(self, name, precision, data, progress):
        gc.collect()
        Loaded.seen.append((precision, len(Loaded.alive)))
        if precision == "rtn8":
            raise UserError("out_of_memory", name=name, need=9, free=1, fits="–")
        made = Additive()
        made.precision = precision
        Loaded.alive.add(made)
        return made


def test_one_precision_is_in_memory_at_a_time_and_lines_say_what_they_are_of(tmp_path, monkeypatch, capsys):
    words = ("great", "awful", "dull", "good", "film", "long")
    rows = [
        {"id": n, "text": f"a {words[n % 6]} film {n}", "label": ("positive", "negative")[n % 2]} for n in range(20)
    ]
    data = tmp_path / "films.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr(check_precisions, "Models", Loaded)
    monkeypatch.setenv("POLYLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("POLYLENS_DEVICE", "cpu")
    asked = ["--model", "smollm2-135m", "--dataset", str(data), "--texts", "2", "--precisions", "rtn4,rtn8", "rtn2"]
    assert check_precisions.main([*asked, "--out", str(tmp_path / "out.jsonl")]) == 0
    assert Loaded.seen == [("rtn4", 0), ("rtn8", 0), ("rtn2", 0)], "fp32 was not asked for, and none stays"
    first, refused, last = (json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines())
    assert (first["reference"], last["reference"], refused["refused"]) == ("rtn4", "rtn4", "out_of_memory")
    of = ("model", "weights", "note", "dataset", "revision", "seed", "code")
    assert all(first[name] == last[name] == refused[name] for name in of)
    assert first["note"] == "gguf Q4_1" and "rtn8 is left out" in capsys.readouterr().err
