"""What the README and the docs promise: the Python block runs as it stands, links lead somewhere, every file of data is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.settings import ROOT

CHANGES = Path("CHANGELOG.md")  # it also names files that are gone
PAGES = [Path(name) for name in ("README.md", "CONTRIBUTING.md", "datasets/README.md", "tests/data/README.md")]
PAGES.append(CHANGES)
PAGES += sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
BLOCKS = re.findall(r"^```python\n(.+?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.real
@pytest.mark.parametrize("block", BLOCKS)
def test_the_block_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    said = capsys.readouterr().out
    assert "12" in said and "Akku" in said


def test_there_is_a_block_and_the_two_commands_come_first() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    first = re.search(r"^```\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    assert BLOCKS and first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make chat", "make test"]


def test_the_readme_of_the_test_data_names_every_file() -> None:
    folder = ROOT / "tests" / "data"
    text = (folder / "README.md").read_text("utf-8")
    missing = [path.name for path in folder.iterdir() if path.name != "README.md" and f"`{path.name}`" not in text]
    assert not missing, f"tests/data/README.md does not say what {missing} are"


def test_the_readme_of_the_data_names_every_file() -> None:
    folder = ROOT / "datasets"
    text = (folder / "README.md").read_text("utf-8")
    known = [path.name for path in folder.iterdir() if path.name != "README.md"]
    missing = [name for name in known if f"`{name}" not in text]
    assert not missing, f"datasets/README.md does not say what {missing} are"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """Links to files of the repository, and to headings of its pages."""
    for target in re.findall(r"\]\(([^)\s]+)\)(?!\{)", (ROOT / page).read_text("utf-8")):
        if "://" not in target:
            path, _, heading = target.partition("#")
            file = (ROOT / page).parent / path if path else ROOT / page
            assert file.exists(), f"{page} links to {target}"
            assert not heading or heading in _headings(file.read_text("utf-8")), f"{page} links to {target}"


def test_every_page_is_on_the_site() -> None:
    listed = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))
    missing = [page for page in pages if f": {page}\n" not in listed]
    assert not missing, f"the navigation of mkdocs.yml lacks {missing}"


@pytest.mark.parametrize("page", [page for page in PAGES if page != CHANGES], ids=str)
def test_files_that_are_named_are_there(page: Path) -> None:
    """Whole paths in code marks, such as `core/filters.py`; `x` and `xx` stand for names to be given."""
    named = re.findall(r"`((\w+)/(?:\w+/)*[\w.-]+\.(?:py|toml|md|jsonl|json))`", (ROOT / page).read_text("utf-8"))
    whole = [path for path, folder in named if (ROOT / folder).is_dir() and not re.search(r"/xx?[./]|^build/", path)]
    missing = [path for path in whole if not (ROOT / path).exists()]
    assert not missing, f"{page} names {missing}"


def _headings(text: str) -> set[str]:
    """The anchors of a page's headings, as the site makes them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in titles}
