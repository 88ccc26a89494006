"""A conversation as a Jupyter notebook: the question, the code that asks it, and the answer that was given.

nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html; written as JSON, so no library is needed.
"""

from __future__ import annotations

import json
from typing import Any

from agent.sharing.code import asking, setup
from agent.sharing.reopen import repeatable
from agent.state import Turn
from core.languages import clean
from ui.export.markdown import asked, escape, told
from ui.export.saved import Saved, files

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
Cell = dict[str, Any]


def notebook(saved: Saved) -> str:
    """The notebook's JSON. The first code cell makes ready what all questions need; each question's own cell asks it again."""
    requests = [request for turn in saved.turns for request in repeatable(turn)]
    cells = [_text(f"# {escape(saved.say('title'))}\n\n{escape(saved.summary)}")]
    cells += [_code(setup(requests))] if requests else []
    for turn in saved.turns:
        cells += _turn(turn, saved)
    numbered = [{"id": f"cell-{number}"} | cell for number, cell in enumerate(cells)]
    made = {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _turn(turn: Turn, saved: Saved) -> list[Cell]:
    requests = repeatable(turn)
    needed = [escape(saved.say("file", file=file)) for file in files(requests)]
    question = _text("\n\n".join([asked(turn, saved), *needed]))
    return [question, *(_code(asking(request)) for request in requests), _text(told(turn))]


def _text(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(source)}


def _code(source: str) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(clean(source)),
    }


def _lines(source: str) -> list[str]:
    """Lines with their ends, the last one without."""
    return source.rstrip("\n").splitlines(keepends=True)
