"""docs/operations.md as it is made from the declarations."""

from __future__ import annotations

from core.domains import Integer
from core.operation import OPERATIONS, Slot
from jobs.write_docs import page, slot_line


def test_every_operation_stands_on_the_page_once_and_tells_no_errors() -> None:
    lines = page().splitlines()
    assert all(lines.count(f"### {one.name}") == 1 for one in OPERATIONS)
    assert not any("Raises" in line for line in lines)


def test_a_slot_tells_its_range_and_its_default() -> None:
    assert slot_line(Slot("k", Integer(1, 9), default=5)) == "`k`: a whole number from 1 to 9; default `5`"
    assert slot_line(Slot("k", Integer(1, 9))) == "`k`: a whole number from 1 to 9"
