"""Registries: things found by name, filled by importing every module of a folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Generic, Protocol, TypeVar

from core.errors import unknown


class Named(Protocol):
    @property
    def name(self) -> str: ...


Item = TypeVar("Item", bound=Named)


class Registry(Generic[Item]):
    """Items by name in the order of registration; `kind` is the error for a name that is not there."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._items: dict[str, Item] = {}

    def add(self, item: Item) -> Item:
        """Register `item`; a second item of the same name fails at import."""
        if item.name in self._items:
            raise ValueError(f"{item.name!r} is registered twice")
        self._items[item.name] = item
        return item

    def __getitem__(self, name: str) -> Item:
        if name not in self._items:
            raise unknown(self._kind, name, self._items)
        return self._items[name]

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._items))


def discover(package: ModuleType) -> None:
    """Import every module of `package`, sorted by name, so that each registers what it declares."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        importlib.import_module(f"{package.__name__}.{module.name}")
