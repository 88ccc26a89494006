"""A packaged, hub or local chat model that calls tools: its own template tells it of them, its calls are read from its text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from transformers import PreTrainedTokenizerBase

from core.errors import UserError
from models.generation.heard import Heard
from models.prompts.prompting import Piece, chat_turns

OPEN, CLOSE = "<tool_call>", "</tool_call>"  # what most templates put around a call; small models forget them
Turn = Mapping[str, Any]


class Writer(Protocol):
    """models.generation.generator.CausalGenerator, as far as it is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def tokenizer(self) -> PreTrainedTokenizerBase: ...
    def go_on(self, prompt: Sequence[Piece], tokens: int, stop: Callable[[], bool], heard: Heard) -> Iterator[str]:
        """What follows the prompt, in parts; nothing more once `stop()` is true, and nothing read twice that was `heard`."""
        ...


def _never() -> bool:
    return False


class LocalChat:
    """agent.planning.chat_model.Talker on this machine, for one conversation.

    Raises UserError("no_tool_calls") where the template knows no tools.
    """

    def __init__(self, writer: Writer, stop: Callable[[], bool] = _never) -> None:
        if "tools" not in str(writer.tokenizer.chat_template or ""):
            raise UserError("no_tool_calls", name=writer.name)
        self.name = writer.name
        self._writer = writer
        self._stop = stop
        self._heard = Heard()

    def chat(self, turns: Sequence[Turn], tokens: int, seed: int = 0, tools: Sequence[Turn] = ()) -> dict[str, Any]:
        """The next turn in the OpenAI notation: `content`, and `tool_calls` where it calls any. Greedy."""
        prompt = chat_turns([_with_objects(turn) for turn in turns], tools, self._writer.tokenizer)
        said = ""
        for part in self._writer.go_on(prompt, tokens, self._stop, self._heard):
            said += part
            # One call a turn: small models write the same one again until they may write no more
            if tools and CLOSE in said:
                break
        calls = list(_calls(said)) if tools else []
        return {"content": said[: said.index("{")].replace(OPEN, "").strip() if calls else said, "tool_calls": calls}


def _with_objects(turn: Turn) -> dict[str, Any]:
    """The turn with the arguments of its calls as objects, as templates write them; the notation has them as text."""
    calls = turn.get("tool_calls") or ()
    parsed = [{**call, "function": {**call["function"], "arguments": _object(call)}} for call in calls]
    return {**turn, "tool_calls": parsed} if parsed else dict(turn)


def _object(call: Turn) -> Any:
    said = call["function"]["arguments"]
    return json.loads(said) if isinstance(said, str) else said


def _calls(said: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in the text that has a name and arguments, whatever stands around it."""
    decoder, place = json.JSONDecoder(), said.find("{")
    count = 0
    while place >= 0:
        try:
            found, end = decoder.raw_decode(said, place)
        except json.JSONDecodeError:
            found, end = None, place + 1
        if isinstance(found, dict) and isinstance(found.get("name"), str) and isinstance(found.get("arguments"), dict):
            count += 1
            written = json.dumps(found["arguments"], ensure_ascii=False)
            yield {"id": f"call_{count}", "type": "function", "function": {"name": found["name"], "arguments": written}}
        place = said.find("{", end)
