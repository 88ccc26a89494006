"""Imports point one way: core < models < explainers < operations < parsers < agent < ui, jobs < app.py."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.settings import ROOT

ORDER = {
    "core": 0,
    "models": 1,
    "explainers": 2,
    "operations": 3,
    "parsers": 4,
    "agent": 5,
    "ui": 6,
    "jobs": 6,
    "app": 7,
}
FORBIDDEN_IN_CORE = {"torch", "gradio", "langgraph", "langchain", "transformers", "captum"}
FILES = [*sorted(path for room in ORDER for path in (ROOT / room).rglob("*.py")), ROOT / "app.py"]


def imported(path: Path) -> set[str]:
    """The first parts of all modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    upward = {name for name in imported(path) & set(ORDER) if name != room and ORDER[name] >= ORDER[room]}
    # discovery happens where a program starts, and `jobs` starts programs
    assert not upward, f"{path.relative_to(ROOT)} imports {sorted(upward)}, which stand above {room}"


@pytest.mark.parametrize("path", sorted((ROOT / "core").glob("*.py")), ids=lambda path: path.name)
def test_core_is_light(path: Path) -> None:
    assert not imported(path) & FORBIDDEN_IN_CORE


def test_datasets_holds_no_python() -> None:
    assert not list((ROOT / "datasets").rglob("*.py")), "a package of that name would shadow the Hugging Face library"
