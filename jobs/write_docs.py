"""`python -m jobs write_docs`: docs/operations.md and the settings in docs/deploy.md; `--check` fails when one is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from agent.registries import discover_all
from core.operation import DATASET, INSTANCES, NOTHING, ONE_INSTANCE, OPERATIONS, Operation, Slot
from core.settings import PREFIX, ROOT, Settings

PAGE = ROOT / "docs" / "operations.md"
GROUPS = {
    "prediction": "Predictions",
    "attribution": "Why: words and reasons",
    "perturbation": "Other texts, other answers",
    "training": "Training data",
    "data": "Data and mistakes",
    "help": "Help and the conversation",
}
SCOPES = {
    ONE_INSTANCE: "one instance, or each of several",
    INSTANCES: "instances",
    DATASET: "the data, or a part of them",
    NOTHING: "nothing that has to be named",
}
HEAD = "# Operations\n\nWritten by `make docs` from the declarations under `operations/`; do not edit by hand.\n"
DEPLOY = ROOT / "docs" / "deploy.md"
START, END = "<!-- written by make docs from core/settings.py -->", "<!-- end -->"


def main(argv: Sequence[str]) -> int:
    """Exit status 1 where --check finds a page stale."""
    parser = argparse.ArgumentParser(prog="python -m jobs write_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    options = parser.parse_args(argv)
    discover_all()
    stale = False
    for path, made in ((PAGE, page()), (DEPLOY, deploy(DEPLOY.read_text("utf-8")))):
        fresh = path.exists() and path.read_text("utf-8") == made
        stale = stale or not fresh
        if options.check:
            told = "is current" if fresh else "is stale: run `make docs`"
            print(f"docs/{path.name} {told}", file=sys.stderr)
        else:
            path.write_text(made, "utf-8")
    return int(options.check and stale)


def page() -> str:
    """The whole page of the operations, group by group."""
    lines = [HEAD]
    for group, title in GROUPS.items():
        members = sorted((one for one in OPERATIONS if one.group == group), key=lambda one: one.name)
        lines += [f"## {title}", "", *map(section, members)]
    return "\n".join(lines)


def deploy(text: str) -> str:
    """The page about servers with its table of settings made anew; the rest of it is written by hand."""
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    rows = [setting(name, field) for name, field in Settings.model_fields.items()]
    table = "\n".join(["| Variable | Default | What |", "|---|---|---|", *rows])
    return f"{before}{START}\n\n{table}\n\n{END}{after}"


def setting(name: str, field: FieldInfo) -> str:
    """One row: the variable, its default and what it is for. A default of this machine is written as everybody's."""
    default = "~/.cache/polylens" if field.default_factory else field.default
    shown = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
    return f"| `{PREFIX}{name.upper()}` | {f'`{shown}`' if shown else ''} | {field.description or ''} |"


def section(one: Operation) -> str:
    """One operation: what it is, its slots, what it needs and how to ask."""
    lines = [f"### {one.name}", "", one.about, ""]
    lines += [f"- works on: {SCOPES[one.scope]}{', or a text of your own' if one.text else ''}"]
    lines += [f"- gives: {one.gives.__name__}"]
    lines += [f"- needs of the model: {', '.join(sorted(one.needs))}"] if one.needs else []
    lines += [f"- judged by: {', '.join(one.judged_by)}"] if one.judged_by else []
    lines += [f"- {slot_line(slot)}" for slot in one.slots]
    lines += ["", "| Language | Ask | Query |", "|---|---|---|"]
    for language in one.words.languages():
        ask = one.words.get("ask", language)[0]
        lines.append(f"| {language} | {ask['text']} | `{ask['query']}` |")
    return "\n".join([*lines, ""])


def slot_line(slot: Slot) -> str:
    """A slot with its values and its default."""
    return f"`{slot.name}`: {slot.domain.about}" + (f"; default `{slot.default}`" if slot.default is not None else "")
