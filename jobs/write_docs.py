"""`python -m jobs write_docs`: docs/operations.md from the operations' declarations; `--check` fails when it is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.dialogue import Scalar
from core.operation import OPERATIONS, Operation, Slot
from core.settings import ROOT
from jobs.common import discover_all

PAGE = ROOT / "docs" / "operations.md"
HEAD = "# Operations\n\nWritten by `make docs` from the declarations under `operations/`; do not edit by hand.\n"


def main(argv: Sequence[str]) -> int:
    """Exit status 1 where --check finds the page stale."""
    parser = argparse.ArgumentParser(prog="python -m jobs write_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is stale")
    options = parser.parse_args(argv)
    discover_all()
    made = page()
    if options.check:
        fresh = PAGE.exists() and PAGE.read_text("utf-8") == made
        print(
            "docs/operations.md is current" if fresh else "docs/operations.md is stale: run `make docs`",
            file=sys.stderr,
        )
        return 0 if fresh else 1
    PAGE.write_text(made, "utf-8")
    return 0


def page() -> str:
    """The whole page."""
    ordered = sorted(OPERATIONS, key=lambda one: (one.group, one.name))
    return "\n".join([HEAD, *(section(one) for one in ordered)])


def section(one: Operation) -> str:
    """One operation: what it is, its slots, what it needs and how to ask."""
    lines = [f"## {one.name}", "", one.about, ""]
    lines += [f"- works on: {one.scope.replace('_', ' ')}{', or a text of your own' if one.text else ''}"]
    lines += [f"- gives: {one.gives.__name__}"]
    lines += [f"- needs of the model: {', '.join(sorted(one.needs))}"] if one.needs else []
    lines += [f"- judged by: {', '.join(one.judged_by)}"] if one.judged_by else []
    lines += [f"- slot {slot_line(slot)}" for slot in one.slots]
    lines += ["", "| Language | Ask | Query |", "|---|---|---|"]
    for language in one.words.languages():
        ask = one.words.get("ask", language)[0]
        lines.append(f"| {language} | {ask['text']} | `{ask['query']}` |")
    return "\n".join([*lines, ""])


def slot_line(slot: Slot) -> str:
    """A slot with its domain and default."""
    default: Scalar | None = slot.default
    domain = type(slot.domain).__name__
    values = getattr(slot.domain, "values", None) or (slot.domain.names() if hasattr(slot.domain, "names") else ())
    named = f"{domain} ({', '.join(values)})" if values else domain
    return f"`{slot.name}`: {named}" + (f", default `{default}`" if default is not None else "")
