"""Requests as code: the Python program and the shell command that give an answer again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from agent.sharing.links import needed_file
from agent.sharing.reopen import link_of
from core import filters
from core.dialogue import Request
from core.values import TAG, dump

SETUP = """\
from agent.library import Polylens
from core.dialogue import {dialogue}
{filters}
polylens = Polylens()
"""
ASKING = """\
request = Request(
{request}
)
print(polylens.agent.answer(request).reply.plain)
"""
SKIPPED = ("revision",)  # a note on which weights answered; asking for others is not possible


def snippet(request: Request) -> str:
    """A program for Python that prints the answer; it runs in the project's folder, or with that on the path."""
    return setup([request]) + asking(request)


def setup(requests: Sequence[Request]) -> str:
    """The program's first half: what all of these requests need."""
    used = sorted({name for request in requests for name in _classes(dump(request))} | {"Request"})
    narrowing = ", ".join(name for name in used if hasattr(filters, name))
    return SETUP.format(
        dialogue=", ".join(name for name in used if not hasattr(filters, name)),
        filters=f"from core.filters import {narrowing}\n" if narrowing else "",
    )


def asking(request: Request) -> str:
    """The second half: one request and its answer."""
    return ASKING.format(request="\n".join(f"    {name}={part!r}," for name, part in _said(_elsewhere(request))))


def command(request: Request) -> str:
    """The command that prints the answer, for a shell in the project's folder; "" where no address could hold its texts."""
    link, file = link_of([_elsewhere(request)]), needed_file(request)
    data = f" --dataset {shlex.quote(file)}" if file else ""
    return f"python -m jobs ask --request {link}{data}" if link else ""


def _elsewhere(request: Request) -> Request:
    """The request with a file by its name, to be read from the own folder: where it lies on this machine is nobody's business."""
    return replace(request, dataset=needed_file(request) or request.dataset)


def _said(request: Request) -> Iterator[tuple[str, object]]:
    """The fields that differ from their defaults."""
    for field in fields(Request):
        part = getattr(request, field.name)
        if field.name not in SKIPPED and part != field.default:
            yield field.name, part


def _classes(data: Any) -> Iterator[str]:
    """The names of all value classes in dumped data."""
    if isinstance(data, dict):
        yield data[TAG]
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            yield from _classes(part)
