"""Imports point one way: core < models < explainers < operations < parsers < agent < ui, jobs < app.py; rooms too."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
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
LIGHT = {"core", "regex", "pydantic", "pyarrow", "numpy"}  # what core may import beside the standard library
FETCHES = {"core/hub_data.py": {"datasets"}}  # named by a user, in a process of its own
KNOTS = {
    "explainers": "metrics of rationales read rationales, and refining a rationale measures it",
    "parsers": "numbers, notation, words and texts import rules, prompting and tuned",
}
FILES = [*sorted(path for room in ORDER for path in (ROOT / room).rglob("*.py")), ROOT / "app.py"]


def modules(path: Path) -> set[str]:
    """All modules that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def imported(path: Path) -> set[str]:
    """The first parts of their names."""
    return {name.split(".")[0] for name in modules(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    upward = {name for name in imported(path) & set(ORDER) if name != room and ORDER[name] >= ORDER[room]}
    assert not upward, f"{path.relative_to(ROOT)} imports {sorted(upward)}, which stand above {room}"


@pytest.mark.parametrize("path", sorted((ROOT / "core").glob("*.py")), ids=lambda path: path.name)
def test_core_is_light(path: Path) -> None:
    allowed = LIGHT | FETCHES.get(str(path.relative_to(ROOT)), set())
    heavy = imported(path) - allowed - sys.stdlib_module_names
    assert not heavy, f"{path.relative_to(ROOT)} imports {sorted(heavy)}: core is values, which everything imports"


def rooms(layer: str) -> dict[str, set[str]]:
    """The folders of a layer, each with those that it imports."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / layer).glob("*/**/*.py"):
        room = path.relative_to(ROOT / layer).parts[0]
        others = {name.split(".")[1] for name in modules(path) if name.startswith(f"{layer}.")}
        found.setdefault(room, set()).update(others - {room})
    return {room: others & set(found) for room, others in found.items()}


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param(layer, marks=pytest.mark.xfail(strict=True, reason=KNOTS[layer])) if layer in KNOTS else layer
        for layer in ORDER
        if layer != "app"
    ],
)
def test_rooms_import_one_another_without_a_circle(layer: str) -> None:
    try:
        TopologicalSorter(rooms(layer)).prepare()
    except CycleError as error:
        pytest.fail(f"{layer}: {' → '.join(error.args[1])}")


def test_datasets_holds_no_python() -> None:
    assert not list((ROOT / "datasets").rglob("*.py")), "a package of that name would shadow the Hugging Face library"
