"""Settings: read once at the start from the environment, handed down, never read elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "POLYLENS_"


class Settings(BaseModel):
    """One run's settings. Each has an environment variable: `cache` is POLYLENS_CACHE."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cache: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "polylens",
        description="the folder of models, uploads, computed answers and conversations",
    )
    model: str = Field(default="e5-small", description="the explained model where nobody names one")
    dataset: str = Field(default="reviews", description="the data where nobody names any")
    parser: str = Field(default="encoder", description="what reads questions")
    generator: str = Field(default="qwen-coder-0.5b", description="the language model of the parsers that ask one")
    writer: str = Field(default="qwen-coder-1.5b", description="the language model that writes rationales")
    agent_model: str = Field(default="", description="the chat model that plans in agent mode; none: agent mode is off")
    remote_key: SecretStr = Field(default=SecretStr(""), description="the key of an OpenAI-compatible server")
    fluency: str = Field(default="auto", description="the causal model that judges how fluent edits are; off: none")
    precision: str = Field(
        default="auto", description="of the explained models; auto: bf16 where the hardware computes it, else fp32"
    )
    device: str = Field(default="auto", description="cpu, cuda, or auto: cuda where there is one")
    memory_mb: int = Field(
        default=0, ge=0, description="that loaded models may take together, in megabytes; 0: what the machine has free"
    )
    seed: int = Field(default=0, description="of all that is drawn at random")
    host: str = Field(
        default="127.0.0.1", description="the address to serve on; 0.0.0.0: every address of this machine"
    )
    port: int = Field(default=7860, ge=0, le=65535, description="the port to serve on; 0: a free one")
    mcp: bool = Field(default=False, description="serve every operation as an MCP tool beside the page")
    max_characters: int = Field(default=10_000, ge=100, description="longest message, in characters")
    max_upload_mb: int = Field(default=20, ge=1, description="largest uploaded file, in megabytes")
    session_hours: float = Field(default=24, gt=0, description="a session that nobody used for so long is forgotten")
    turns_per_minute: int = Field(
        default=60, ge=0, description="questions that one visitor may ask in a minute; 0: any"
    )
    password: SecretStr = Field(
        default=SecretStr(""), description="asked for before the page is shown; empty: nobody is asked"
    )
    state: SecretStr = Field(
        default=SecretStr(""), description="postgresql://… for replicas that share conversations; empty: a file"
    )
    guard: Literal["off", "wrap", "verdict"] = Field(
        default="verdict", description="whether orders in messages are told apart"
    )
    random_draws: int = Field(default=20, ge=10, description="random attributions that a badge compares with")


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """The settings in the environment; raises UserError("bad_setting") with the name and the reason."""
    source = dict(os.environ) if environment is None else environment
    return checked(
        {name: source[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in source}
    )


def checked(given: Mapping[str, object]) -> Settings:
    """The settings of these values; raises UserError("bad_setting") with the name and the reason."""
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError("bad_setting", name=PREFIX + str(first["loc"][0]).upper(), reason=first["msg"]) from error
