"""Tests: units, contracts over the registries, properties, and journeys in a browser."""
