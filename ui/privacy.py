"""What is said beneath the composer about where texts go: they stay here, unless whoever runs this chose a model elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from core.settings import Settings
from models.catalog import REMOTE, REMOTE_NAME
from ui.markup import Markup, tag
from ui.words import say

HERE = ("localhost", "127.0.0.1", "::1")


def local(language: str, settings: Settings) -> Markup:
    """That nothing leaves this machine, or to which addresses texts are sent; narrow pages show the first sentence."""
    away = elsewhere(settings)
    if away:
        return tag("p", say("remote", language, address=", ".join(away)))
    more = tag("span", " ", say("local_more", language), class_="rest") if kept_here(settings) else None
    return tag("p", say("local", language), more)


def kept_here(settings: Settings) -> bool:
    """Whether conversations stay on this machine: in a file, or with a database server that is reached at no other address."""
    address = urlsplit(settings.state.get_secret_value())
    return (address.hostname or "localhost") in HERE and "host" not in parse_qs(address.query)


def elsewhere(settings: Settings) -> tuple[str, ...]:
    """The addresses of the models that the settings name on other machines, whichever setting it is."""
    named = (said for said in settings.model_dump().values() if isinstance(said, str) and said.startswith(REMOTE))
    found = (REMOTE_NAME.fullmatch(name) for name in named)
    return tuple(dict.fromkeys(match["address"] for match in found if match))
