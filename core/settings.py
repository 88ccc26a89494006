"""Settings: read once at the start from the environment, handed down, never read elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "POLYLENS_"


class Settings(BaseModel):
    """One run's settings. Each has an environment variable: `cache` is POLYLENS_CACHE."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cache: Path = Field(default_factory=lambda: Path.home() / ".cache" / "polylens")
    model: str = "e5-small"
    dataset: str = "reviews"
    parser: str = "encoder"
    generator: str = Field(default="qwen-coder-0.5b", description="the language model of the parsers that ask one")
    writer: str = Field(default="qwen-coder-1.5b", description="the language model that writes rationales")
    precision: str = "auto"
    device: str = "auto"
    seed: int = 0
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    max_characters: int = Field(default=10_000, ge=100, description="longest message, in characters")
    max_upload_mb: int = Field(default=20, ge=1, description="largest uploaded file, in megabytes")
    session_hours: float = Field(default=24, gt=0, description="a session that nobody used for so long is forgotten")
    random_draws: int = Field(default=20, ge=10, description="random attributions that a badge compares with")


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """The settings in the environment; raises UserError("bad_setting") with the name and the reason."""
    source = dict(os.environ) if environment is None else environment
    given = {name: source[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in source}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError("bad_setting", name=PREFIX + str(first["loc"][0]).upper(), reason=first["msg"]) from error
