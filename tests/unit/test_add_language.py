"""A new language: its files are made once, can be read, and nothing that exists is touched."""

import shutil
import tomllib
from pathlib import Path

import pytest

from core.errors import UserError
from core.settings import ROOT
from jobs.add_language import LEXICON, LISTED, NUMBERS, UTTERANCES, main


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in (LISTED, NUMBERS, LEXICON / "en.toml", UTTERANCES / "en.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def test_files_of_a_new_language(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xq", "--name", "Quenya", "--native", "Quenya"], copy) == 0
    rows = tomllib.loads((copy / LISTED).read_text("utf-8"))["language"]
    assert rows[-1] == {
        "code": "xq", "name": "Quenya", "native": "Quenya", "script": "Latn", "direction": "ltr", "complete": False,
    }  # fmt: skip
    lexicon = tomllib.loads((copy / LEXICON / "xq.toml").read_text("utf-8"))
    english = tomllib.loads((copy / LEXICON / "en.toml").read_text("utf-8"))
    assert lexicon.keys() == english.keys() and lexicon["filters"].keys() == english["filters"].keys()
    assert lexicon["requests"] == [] and not any(lexicon["operations"].values())
    assert tomllib.loads((copy / NUMBERS).read_text("utf-8"))["xq"]["cardinals"] == ""
    assert (copy / UTTERANCES / "xq.jsonl").read_text("utf-8") == ""
    assert "train_parser --few xq" in capsys.readouterr().out


def test_a_second_time_changes_nothing(copy: Path) -> None:
    main(["fr"], copy)  # listed, with numbers, and here without a lexicon
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    main(["fr"], copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("code", ["", "eng", "E1", "../x", "ДЕ"])
def test_what_is_no_code_is_refused(copy: Path, code: str) -> None:
    with pytest.raises(UserError, match="bad_language"):
        main([code], copy)
