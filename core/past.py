"""What a session has asked, and what is needed to ask it again."""

from __future__ import annotations

from core.dialogue import Request
from core.provenance import Provenance
from core.values import value

KEPT = 50  # questions of a session that come back after a reload; older ones are forgotten


@value
class Asked:
    """One question of a session: as it was said, what became of it, and how to ask it again.

    `outcome` is that of its turn, `verdict` that of its first explanation ("" where none was given), `query` the canonical query.
    """

    text: str
    outcome: str
    verdict: str = ""
    query: str = ""
    requests: tuple[Request, ...] = ()


@value
class History:
    """The questions of a session so far, oldest first; `whole` says whether they are all."""

    asked: tuple[Asked, ...]
    whole: bool = True
    provenance: Provenance = Provenance()


@value
class Reproduction:
    """The requests of an answer, to be written as programs and commands that give it again; none where nothing was answered yet."""

    requests: tuple[Request, ...]
    provenance: Provenance = Provenance()
