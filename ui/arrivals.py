"""The language of whoever comes: the one that the address asks for, else what the browser prefers."""

from __future__ import annotations

import gradio as gr

from core.languages import complete


def wanted(request: gr.Request) -> str:
    """The language that the address asks for: `?lang=te`."""
    named = str(request.query_params.get("lang", ""))
    return named if named in complete() else ""


def preferred(request: gr.Request) -> str:
    """The first complete language that the browser accepts; English where there is none."""
    accepted = request.headers.get("accept-language", "") or ""
    codes = (part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(","))
    return next((code for code in codes if code in complete()), "en")
