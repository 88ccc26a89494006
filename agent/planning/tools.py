"""Our operations as LangChain tools, built from the registry: what a planning model may call, and what it gets back."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import get_args

from langchain_core.tools import StructuredTool

from agent.arguments import Parameter, description, parameters, settings
from core.blocks import Badge, Choices, Fold
from core.dialogue import Reply
from core.languages import shorten
from core.operation import OPERATIONS, Operation

LONGEST = 4000  # characters of a result: a thousand tokens, and a page of rows
LANGUAGE = "language"  # set for the whole plan
LISTED = "one of "  # how agent.arguments begins a list of what is possible
Call = Callable[[Operation, Mapping[str, object]], str]


def tools(call: Call, settled: bool = False) -> list[StructuredTool]:
    """A tool for every operation but those about the conversation itself; `call` carries one out and says what came of it.

    With `settled`, they leave out the settings that the visitor has chosen, which halves what a model must read of them.
    """
    left_out = {one.name for one in settings()} if settled else {LANGUAGE}
    return [_tool(one, call, left_out) for one in OPERATIONS if not one.past]


def result(reply: Reply) -> str:
    """What a tool hands back: the answer without buttons and without how it was made, so that no number is there by accident."""
    said = []
    for block in reply.blocks:
        if isinstance(block, Badge):
            said.append(block.text)
        elif not isinstance(block, Choices | Fold):
            said.append(block.plain)
    return shorten("\n".join(text for text in said if text), LONGEST)


def _tool(operation: Operation, call: Call, left_out: Container[str]) -> StructuredTool:
    def run(**given: object) -> str:
        return call(operation, given)

    known = [one for one in parameters(operation) if one.name not in left_out]
    schema = {
        "title": operation.name,
        "type": "object",
        "properties": {one.name: _schema(one) for one in known},
        "required": [one.name for one in known if one.required],
    }
    return StructuredTool(name=operation.name, description=description(operation), args_schema=schema, func=run)


def _schema(one: Parameter) -> dict[str, object]:
    """JSON schema of one argument."""
    about: dict[str, object] = {"description": one.about}
    if one.kind is int:
        return {"type": "integer", **about}
    if one.kind == dict[str, str]:
        return {"type": "object", "additionalProperties": {"type": "string"}, **about}
    values = list(get_args(one.kind))
    if not values:
        return {"type": "string", **about}
    told = one.about.partition("; ")[2] if one.about.startswith(LISTED) else one.about  # the enum lists them already
    return {"type": "string", "enum": values, **({"description": told} if told else {})}
