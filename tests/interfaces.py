"""What others build on, as plain data: endpoints, MCP tools, options of the jobs, the Python facade. Run it to write the snapshot."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr

from agent.library import Polylens
from agent.registries import discover_all
from core.settings import ROOT, Settings
from jobs.__main__ import names
from ui.api import add_endpoints

SNAPSHOT = ROOT / "tests" / "data" / "interfaces.json"
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_LISTED = re.compile(r" {2}-")
Interface = dict[str, list[str]]


def interfaces() -> dict[str, Interface]:
    """Every public interface: what it is called by, and what it takes. Values of choices may grow, so they are not part of it."""
    served = _endpoints(mcp=True)
    public = {name: takes for name, takes in served.items() if name in _endpoints(mcp=False)}
    return {
        "endpoints": public,
        "mcp_tools": {name.removeprefix("/"): takes for name, takes in served.items()},
        "jobs": {name: _options(name) for name in names()},
        "python": _facade(),
    }


def _endpoints(mcp: bool) -> Interface:
    with gr.Blocks(analytics_enabled=False) as page:
        add_endpoints(SimpleNamespace(), Settings(mcp=mcp), SimpleNamespace())  # type: ignore[arg-type]
    described = page.get_api_info()["named_endpoints"]
    return {name: [_parameter(one) for one in about["parameters"]] for name, about in described.items()}


def _parameter(one: dict[str, Any]) -> str:
    schema = next((part for part in one["type"].get("oneOf", ()) if part != {"type": "null"}), one["type"])
    optional = "" if not one["parameter_has_default"] else "?"
    return f"{one['parameter_name']}{optional}: {'choice' if 'enum' in schema else schema['type']}"


def _options(job: str) -> list[str]:
    """The options in the job's help, each at the beginning of a line with all of its spellings."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        importlib.import_module(f"jobs.{job}").main(["--help"])
    told = (line.strip().partition("  ")[0] for line in out.getvalue().splitlines() if _LISTED.match(line))
    return sorted({name for spellings in told for name in _OPTION.findall(spellings)} - {"--help"})


def _facade() -> Interface:
    public = {name: item for name, item in vars(Polylens).items() if not name.startswith("_")}
    found = {"Polylens": _signature(Polylens.__init__)}
    return found | {name: _signature(item) if callable(item) else ["property"] for name, item in public.items()}


def _signature(function: Any) -> list[str]:
    return [str(one) for name, one in inspect.signature(function).parameters.items() if name != "self"]


def write(path: Path = SNAPSHOT) -> None:
    """Write the snapshot: after a change that was meant, with its line in docs/interfaces.md and CHANGELOG.md."""
    discover_all()
    path.write_text(json.dumps(interfaces(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write()
