"""A language model on an OpenAI-compatible server (vLLM, TGI, llama.cpp, a vendor): it writes, and it may call tools.

What it is asked leaves this machine. So nobody gets here but by a name that holds the address: `remote:MODEL@http://host:port/v1`.
https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from core.errors import UserError
from models.catalog import REMOTE_NAME

CONNECT, ANSWER = 5.0, 300.0  # seconds: to reach the server, and between two pieces of an answer
REASON = 200  # characters of a server's own complaint that are passed on
MARK, END = "data:", "[DONE]"  # how the parts of a streamed answer begin, and the last one
Message = Mapping[str, Any]


def _never() -> bool:
    return False


class Remote:
    """models.base.Generator and explainers.rationale.Writer, by HTTP. `key` is sent to this address and nowhere else."""

    def __init__(self, name: str, key: str = "") -> None:
        """`name` is `remote:MODEL@ADDRESS`. Raises UserError("remote_name") for any other."""
        found = REMOTE_NAME.fullmatch(name)
        if found is None:
            raise UserError("remote_name", name=name[:80])
        self.name = name
        self.model, self.address = found["model"], found["address"].rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def generate(self, prompt: str, tokens: int, seed: int = 0) -> str:
        """The answer to `prompt`, at most `tokens` tokens. Raises UserError: remote_unreachable, remote_refused."""
        return "".join(self.stream(prompt, tokens, seed))

    def stream(
        self, prompt: str, tokens: int, seed: int = 0, stop: Callable[[], bool] = _never, opening: str = ""
    ) -> Iterator[str]:
        """The same in parts as they come; ends once `stop()` is true, and the server is told by the closed connection.

        `opening` is sent as the beginning of the model's own turn; servers that start anew repeat it, which is taken out.
        """
        turns: list[Message] = [{"role": "user", "content": prompt}]
        turns += [{"role": "assistant", "content": opening}] if opening else []
        body = self._body(turns, tokens, seed, stream=True)
        with self._reached() as client, client.stream("POST", "chat/completions", json=body) as answer:
            if answer.is_error:
                answer.read()
                raise self._refused(_complaint(answer))
            yield from _without(opening, self._parts(answer.iter_lines(), stop))

    def chat(
        self, turns: Sequence[Message], tokens: int, seed: int = 0, tools: Sequence[Message] = ()
    ) -> dict[str, Any]:
        """The model's next turn in the server's notation: `content`, and `tool_calls` where it calls any of `tools`."""
        more = {"tools": list(tools)} if tools else {}
        with self._reached() as client:
            answer = client.post("chat/completions", json=self._body(turns, tokens, seed, **more))
        if answer.is_error:
            raise self._refused(_complaint(answer))
        try:
            said = answer.json()["choices"][0]["message"]
        except (ValueError, LookupError, TypeError) as error:
            raise self._refused("–") from error
        if not isinstance(said, dict):
            raise self._refused("–")
        return said

    def _body(self, turns: Sequence[Message], tokens: int, seed: int, **more: object) -> dict[str, Any]:
        fixed = {"model": self.model, "max_tokens": tokens, "temperature": 0, "seed": seed}
        return {**fixed, "messages": list(turns), **more}

    @contextmanager
    def _reached(self) -> Iterator[httpx.Client]:
        """A client for this address; what fails on the way, also in the middle of an answer, is a UserError."""
        try:
            waits = httpx.Timeout(ANSWER, connect=CONNECT)
            with httpx.Client(base_url=f"{self.address}/", headers=self._headers, timeout=waits) as client:
                yield client
        except httpx.HTTPError as error:
            reason = str(error)[:REASON] or type(error).__name__
            raise UserError("remote_unreachable", address=self.address, reason=reason) from error

    def _parts(self, lines: Iterator[str], stop: Callable[[], bool]) -> Iterator[str]:
        """The pieces of text in a stream of server-sent events."""
        for line in lines:
            data = line.removeprefix(MARK).strip() if line.startswith(MARK) else ""
            if data == END or stop():
                return
            try:
                choices = json.loads(data)["choices"] if data else []
                said = choices[0]["delta"].get("content") if choices else ""
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise self._refused(data[:REASON]) from error
            if said:
                yield str(said)

    def _refused(self, reason: str) -> UserError:
        return UserError("remote_refused", address=self.address, reason=reason)


def _without(opening: str, parts: Iterator[str]) -> Iterator[str]:
    """The parts without `opening`, where the answer begins with it."""
    begun = ""
    for part in parts:
        begun += part
        if len(begun) >= len(opening) or not opening.startswith(begun):
            yield begun.removeprefix(opening) if opening else begun
            break
    else:
        yield from (begun,) if begun and begun != opening else ()
    yield from parts


def _complaint(answer: httpx.Response) -> str:
    """What the server says is wrong, else the number of the error."""
    try:
        said = answer.json()["error"]["message"]
    except (ValueError, LookupError, TypeError):
        said = answer.text.strip()
    return f"{answer.status_code} {str(said)[:REASON]}".strip()
