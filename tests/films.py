"""An agent on a toy model and three film reviews: a conversation in milliseconds, with attributions worked out on paper."""

from __future__ import annotations

from pathlib import Path

from agent.turn import Agent
from core.settings import Settings
from tests.toys import Additive

CSV = "text,label\na great film,positive\na dull film,negative\nan awful film,negative\n"


def films(folder: Path) -> str:
    """The path of the three reviews: ids 0 (great, +3), 1 (dull, −1) and 2 (awful, −3)."""
    path = folder / "films.csv"
    path.write_text(CSV, "utf-8")
    return str(path)


def toy_agent(settings: Settings, folder: Path, local_files: bool = True) -> Agent:
    """An agent that explains the additive toy, whatever model is asked for."""
    made = Agent(settings, folder / "sessions.sqlite", local_files)
    made._runner.load = lambda *_: Additive()  # type: ignore[assignment]
    return made
