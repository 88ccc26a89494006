"""The audit's verdicts, and the page of licences."""

from __future__ import annotations

import json

import pytest

from core.settings import ROOT
from jobs.audit import REVIEWED, told
from jobs.licences import UNKNOWN, licence, packages, page
from models.catalog import catalog


def test_a_known_vulnerability_is_named_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"name": "soup", "version": "1.0", "vulns": [{"id": "GHSA-x", "fix_versions": ["1.1"]}]},
        {"name": "bread", "version": "2.0", "vulns": []},
    ]
    assert told(json.dumps({"dependencies": rows}), "") == 1
    assert capsys.readouterr().out.splitlines() == [
        "soup 1.0: GHSA-x, mended in 1.1",
        "known vulnerabilities: 1 in 2 packages",
    ]
    assert told(json.dumps({"dependencies": rows[1:]}), "") == 0


def test_a_database_out_of_reach_is_told_in_one_line_and_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert told("", "Traceback\nConnectionError: no route") == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) == 1 and "could not be reached" in said and "no route" in said


def test_every_reviewed_place_exists() -> None:
    assert all((ROOT / place.split(":")[0]).exists() for place in REVIEWED)


def test_every_package_and_model_stands_on_the_page() -> None:
    text, names = page(), packages()
    assert {"torch", "gradio", "langgraph", "pydantic-core"} <= set(names)
    assert all(f"| {name} | " in text for name in names) and all(row.title in text for row in catalog())
    assert licence("torch") != UNKNOWN
