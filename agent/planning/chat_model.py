"""A LangChain chat model over whatever speaks the OpenAI notation: a remote server, or a model on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from langchain_core.messages.tool import default_tool_parser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict

TOKENS = 700  # of one turn: a call takes fifty, a final answer a few hundred


class Talker(Protocol):
    """What can take part in a conversation with tools: models.remote.Remote."""

    @property
    def name(self) -> str: ...
    def chat(
        self, turns: Sequence[Mapping[str, Any]], tokens: int, seed: int = 0, tools: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        """The next turn: `content`, and `tool_calls` where tools are called."""
        ...


class ChatModel(BaseChatModel):
    """LangChain's view of a Talker. Greedy, so the same conversation goes on in the same way."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    talker: Any
    """A Talker; pydantic cannot check a protocol with a property."""

    @property
    def _llm_type(self) -> str:
        return "polylens"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with these tools within reach."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        turns = convert_to_openai_messages(messages)
        said = self.talker.chat(turns if isinstance(turns, list) else [turns], TOKENS, tools=kwargs.get("tools", ()))
        calls, broken = default_tool_parser(said.get("tool_calls") or [])
        text = said.get("content")
        made = AIMessage(content=text if isinstance(text, str) else "", tool_calls=calls, invalid_tool_calls=broken)
        return ChatResult(generations=[ChatGeneration(message=made)])
