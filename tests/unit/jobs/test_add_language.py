"""A new language: its files are made once, can be read, and nothing that exists is touched."""

import shutil
import tomllib
from pathlib import Path

import pytest

from core.errors import UserError
from core.settings import ROOT
from jobs.add_language import LEXICON, LISTED, NUMBERS, SECTIONS, UTTERANCES, main


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    lexicons = [LEXICON / f"{code}.toml" for code in ("any", "de", "en", "sw", "te")]
    for name in (LISTED, NUMBERS, SECTIONS, *lexicons, UTTERANCES / "en.jsonl"):
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
    described = tomllib.loads((copy / SECTIONS).read_text("utf-8"))
    assert set(lexicon) == set(described["lexicon"])
    assert lexicon["requests"] == [] and not any(lexicon["operations"].values())
    numbers = tomllib.loads((copy / NUMBERS).read_text("utf-8"))["xq"]
    assert set(numbers) == set(described["numbers"]) and not any(numbers.values())
    assert (copy / UTTERANCES / "xq.jsonl").read_text("utf-8") == ""
    assert "train_parser --few xq" in capsys.readouterr().out


def test_a_new_language_hears_of_what_english_lacks(copy: Path) -> None:
    main(["xq"], copy)
    text = (copy / LEXICON / "xq.toml").read_text("utf-8")
    assert "the same, said behind the label" in text and "# te: నుండి, నుంచి\nformer_after = []" in text
    joints = tomllib.loads(text)["joints"]
    assert {"not_joined", "not_after", "not_xq", "nor_xq"} <= set(joints) and not {"not_sw", "nor_de"} & set(joints)
    assert tomllib.loads(text)["fewer_follow"] == [] and "0 to 20 in order" in (copy / NUMBERS).read_text("utf-8")


def test_a_second_time_changes_nothing(copy: Path) -> None:
    main(["fr"], copy)  # listed, with numbers, and here without a lexicon
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    main(["fr"], copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("code", ["", "eng", "E1", "../x", "ДЕ"])
def test_what_is_no_code_is_refused(copy: Path, code: str) -> None:
    with pytest.raises(UserError, match="bad_language"):
        main([code], copy)
