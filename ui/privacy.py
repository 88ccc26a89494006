"""What is said beneath the composer about where texts go: they stay here, unless whoever runs this chose a model elsewhere."""

from __future__ import annotations

from core.settings import Settings
from models.catalog import REMOTE, REMOTE_NAME
from ui.markup import Markup, tag
from ui.words import say


def local(language: str, settings: Settings) -> Markup:
    """That nothing leaves this machine, or to which addresses texts are sent; narrow pages show the first sentence."""
    away = elsewhere(settings)
    if away:
        return tag("p", say("remote", language, address=", ".join(away)))
    return tag("p", say("local", language), tag("span", " ", say("local_more", language), class_="rest"))


def elsewhere(settings: Settings) -> tuple[str, ...]:
    """The addresses of the models that the settings name on other machines, whichever setting it is."""
    named = (said for said in settings.model_dump().values() if isinstance(said, str) and said.startswith(REMOTE))
    found = (REMOTE_NAME.fullmatch(name) for name in named)
    return tuple(dict.fromkeys(match["address"] for match in found if match))
