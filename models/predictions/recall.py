"""Label scores of texts that were asked before: the second question about all test rows needs no forward pass."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from core.data import Instance

KEPT = 8192  # texts; a row of scores is a few numbers
Fields = tuple[tuple[str, str], ...]


class Recall:
    """`ask` gives label scores [row, label] of instances; each text is asked once while there is room. For several threads."""

    def __init__(
        self, ask: Callable[[Sequence[Instance]], Tensor], known: Iterable[tuple[Fields, Tensor]] = ()
    ) -> None:
        self._ask = ask
        self._known: OrderedDict[Fields, Tensor] = OrderedDict(known)
        self._lock = threading.Lock()

    def __call__(self, instances: Sequence[Instance]) -> Tensor:
        """Label scores [row, label], in the order of the instances, which are at least one."""
        with self._lock:
            found = {one.fields: self._known[one.fields] for one in instances if one.fields in self._known}
        new = list({one.fields: one for one in instances if one.fields not in found}.values())
        if new:
            made = dict(zip((one.fields for one in new), self._ask(new).cpu(), strict=True))
            found |= made
            self._keep(made)
        return torch.stack([found[one.fields] for one in instances])

    def _keep(self, made: dict[Fields, Tensor]) -> None:
        with self._lock:
            self._known |= made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
