"""What all tests share: filled registries, a settings folder of their own, and the default models for tests marked `real`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"  # a checkpoint restores no class
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import torch

from agent.registries import discover_all
from core.settings import Settings, read_settings

discover_all()
if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)  # two unbatched threads a worker are slower than one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose cache is empty and goes away."""
    return Settings(cache=tmp_path / "cache")


@pytest.fixture(scope="session")
def real_settings() -> Settings:
    """The user's own cache, with the default models that `make models` put there."""
    return read_settings()


@pytest.fixture(scope="session")
def agent(real_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The agent on the default model, with a session store of its own."""
    from agent.turn import Agent

    yield Agent(real_settings, tmp_path_factory.mktemp("sessions") / "sessions.sqlite", local_files=True, cached=False)
