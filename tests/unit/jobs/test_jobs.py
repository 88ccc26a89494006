"""What all jobs share: the list of them, options that take several names, and small input as Windows and terminals write it."""

from __future__ import annotations

import argparse
import io
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from safetensors.torch import save_file

from core.errors import UserError
from core.settings import ROOT
from jobs import __main__ as jobs
from jobs import train_parser
from jobs.add_language import LISTED, _list
from jobs.ask import _lines
from jobs.chat import _piped
from jobs.shared import html
from jobs.shared.terminal import Names, model_title
from parsers.tuned.lessons import Lesson


def test_the_help_says_what_every_job_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs.main(["--help"]) == 0
    said = capsys.readouterr()
    assert not said.err
    for name in ("explain", "check_explainers", "evaluate_parser", "study_precision", "train_parser"):
        assert re.search(rf"^  {name} +\w.{{20}}", said.out, re.MULTILINE)
    assert all(jobs.listing().values()), "a job's docstring begins with `python -m jobs NAME`: and says what it does"


def test_a_job_is_a_module_with_a_main() -> None:
    with_main = {path.stem for path in (ROOT / "jobs").glob("*.py") if "\ndef main(" in path.read_text("utf-8")}
    assert set(jobs.names()) == with_main - {"__main__"}


def test_an_unknown_job_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs.main(["explian"]) == 2 and "explain" in capsys.readouterr().err
    assert jobs.main([]) == 2 and "train_parser" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["de,en"], ["de", "en"], ["de,", "en,"]])
def test_names_may_be_parted_by_commas_or_blanks(given: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--languages", action=Names, default=[])
    assert parser.parse_args(["--languages", *given]).languages == ["de", "en"]
    with pytest.raises(SystemExit):
        parser.parse_args(["--languages", ","])


def test_a_title_tells_what_was_done_to_the_weights() -> None:
    assert model_title("toy", "fp32") == "toy (fp32)"
    assert model_title("toy", "fp32", "gguf Q4_1") == "toy (fp32, de-quantized from a GGUF file (Q4_1))"


def test_a_file_from_windows_begins_with_a_question(tmp_path: Path) -> None:
    path = tmp_path / "asked.txt"
    path.write_text("predict where id = 12\n", "utf-8-sig")
    assert _lines(SimpleNamespace(file=str(path))) == ["predict where id = 12"]


def test_a_pipe_that_is_no_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("why 12?\nwhy 13?".encode("utf-8-sig")), "utf-8"))
    assert list(_piped()) == ["why 12?", "why 13?"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Für 12?".encode("latin-1")), "utf-8"))
    with pytest.raises(UserError, match="bad_table"):
        _piped()


def test_a_mark_beside_bars_is_a_dashed_line() -> None:
    entries = [("one", 0.5, (0.4, 0.6))]
    assert "dasharray" in html.bars("x", entries, 0.09) and "dasharray" not in html.bars("x", entries)


def test_training_goes_on_only_from_a_run_that_read_and_began_the_same(tmp_path: Path) -> None:
    lesson = Lesson("why is 12 negative?", "attribute", None, "en")
    asked = SimpleNamespace(seed=0, steps=10, start=None)
    facts = train_parser.facts_of([lesson], asked)
    edited = Lesson("why was 12 negative?", "attribute", None, "en")
    assert train_parser.facts_of([edited], asked) != facts
    begun = []
    for name in ("one", "two"):
        save_file({}, tmp_path / name, {"name": name})
        begun.append(train_parser.facts_of([lesson], SimpleNamespace(seed=0, steps=10, start=tmp_path / name)))
    assert facts not in begun and begun[0] != begun[1]


def test_a_languages_name_with_a_quotation_mark_is_listed_whole(tmp_path: Path) -> None:
    (tmp_path / LISTED).parent.mkdir()
    (tmp_path / LISTED).write_text("")
    names = {"name": 'O"z\\', "native": "ఓజ్", "script": "Latn", "direction": "ltr"}
    _list(tmp_path, argparse.Namespace(code="xq", **names))
    (row,) = tomllib.loads((tmp_path / LISTED).read_text("utf-8"))["language"]
    assert (row["name"], row["native"]) == ('O"z\\', "ఓజ్")
