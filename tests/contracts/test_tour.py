"""The notebook tour: a clean notebook whose code is code, and (slow, on the default model) runs from its first cell to its last."""

from __future__ import annotations

import ast
import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from core.settings import ROOT

BOOK = ROOT / "docs" / "tour.ipynb"
CELLS = json.loads(BOOK.read_text("utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


def test_the_tour_is_a_clean_notebook() -> None:
    book = json.loads(BOOK.read_text("utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in CELLS}) == len(CELLS)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in CELLS if cell["cell_type"] == "code")


@pytest.mark.parametrize("source", CODE, ids=lambda source: source.splitlines()[-1][:40])
def test_its_code_is_code_and_imports_what_there_is(source: str) -> None:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = import_module(node.module)
            assert all(hasattr(module, name.name) or import_module(f"{node.module}.{name.name}") for name in node.names)


def test_its_links_lead_to_pages() -> None:
    text = "".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
    pages = [part.partition(")")[0] for part in text.split("](")[1:]]
    assert pages and all((BOOK.parent / page).exists() for page in pages)


@pytest.mark.real
@pytest.mark.slow
def test_it_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(BOOK.parent)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {"__name__": "__tour__"}
    for source in CODE:
        exec(compile(source, str(BOOK), "exec"), names)
    said = capsys.readouterr().out
    assert "verdict:" in said and "3 rows with" in said and "Traceback" not in said
