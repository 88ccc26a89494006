"""Filling every registry: the one step that a program takes before it asks anything."""

from __future__ import annotations

import explainers
import explainers.metrics
import operations
import parsers
from core.registry import discover


def discover_all() -> None:
    """Import every explainer, metric, operation and parser, so that each registers itself."""
    for package in (explainers, explainers.metrics, operations, parsers):
        discover(package)
