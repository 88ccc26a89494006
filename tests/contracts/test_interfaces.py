"""Interfaces that others build on change only on purpose: endpoints, MCP tools, options of jobs, the Python facade."""

from __future__ import annotations

import json

import pytest

from agent.turn import Agent
from core.settings import Settings
from tests.interfaces import SNAPSHOT, interfaces
from ui.page import make_page

MEANT = "If that is meant, say it in docs/interfaces.md and CHANGELOG.md and run: python -m tests.interfaces"
KEPT = json.loads(SNAPSHOT.read_text("utf-8"))


@pytest.fixture(scope="module")
def now() -> dict[str, dict[str, list[str]]]:
    return interfaces()


@pytest.mark.parametrize("group", KEPT)
def test_no_interface_changes_by_accident(now: dict[str, dict[str, list[str]]], group: str) -> None:
    kept, there = KEPT[group], now[group]
    gone, new = sorted(set(kept) - set(there)), sorted(set(there) - set(kept))
    assert not gone, f"{group}: {', '.join(gone)} is gone. {MEANT}"
    for name, takes in kept.items():
        lost, added = sorted(set(takes) - set(there[name])), sorted(set(there[name]) - set(takes))
        assert there[name] == takes, f"{group}: {name} changed; without {lost}, with {added}. {MEANT}"
    assert not new, f"{group}: {', '.join(new)} is new. {MEANT}"


def test_every_group_is_kept(now: dict[str, dict[str, list[str]]]) -> None:
    assert set(now) == set(KEPT)


def test_the_page_shows_its_endpoints_and_none_of_its_events(settings: Settings) -> None:
    page = make_page(Agent(settings), settings)
    described = page.get_api_info()
    assert set(described["named_endpoints"]) == set(KEPT["endpoints"]) and not described["unnamed_endpoints"]
