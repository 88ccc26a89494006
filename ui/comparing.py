"""Two answers side by side: the panel shows what can differ, and its button asks the query for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from agent.turn import Agent
from core.blocks import Notice
from core.data import Dataset
from core.dialogue import Call, Parse, Span
from core.errors import UserError
from core.explanations import INSTANCES, LANGUAGE, METHOD, MODEL, PRECISION
from core.filters import by_ids
from core.languages import languages, shorten, whole_number
from parsers.notation.canonical import write
from ui.asking import ASKING, Asking
from ui.blocks import notice
from ui.events import QUIET, Given, Updates, Visitor, held
from ui.layout import Layout
from ui.sides import methods, precisions, spoken
from ui.words import say

SHOWN = 60  # characters of a text in the question
# which slots hold the first and the second side; "" for the page's own model, which is no slot
SLOTS = {
    PRECISION: ("reference", "precision"),
    METHOD: ("method", "other"),
    MODEL: ("", "model"),
    LANGUAGE: ("", "language"),
}


@dataclass(frozen=True)
class Wish:
    """What the panel says: what differs, the two sides, and one or two ids or texts."""

    about: str
    first: str = ""
    second: str = ""
    text: str = ""
    other: str = ""

    @property
    def problem(self) -> str:
        """A key under `compare` for what is missing; "" for nothing."""
        if self.about == INSTANCES:
            return "two_needed" if "" in self.texts else "same" if len(set(self.texts)) == 1 else ""
        same = self.about != LANGUAGE and self.first == self.second
        return "same" if same else "" if self.second else "no_language"

    @property
    def texts(self) -> tuple[int | str, ...]:
        """What stands in the fields that count: ids as numbers, texts without the space around them."""
        return tuple(map(_meant, (self.text, self.other) if self.about == INSTANCES else (self.text,)))

    @property
    def query(self) -> str:
        """The canonical query; without a text that of the question before is meant."""
        slots = zip(SLOTS.get(self.about, ()), (self.first, self.second), strict=False)
        call = Call("compare", tuple(sorted((slot, value) for slot, value in slots if slot)))
        own = tuple(Span(one, 0, len(one)) for one in self.texts if isinstance(one, str) and one)
        ids = tuple(one for one in self.texts if isinstance(one, int))
        return write(Parse((call,), by_ids(ids), own))


@dataclass(frozen=True)
class Comparing:
    """The events of the panel, for whichever visitor."""

    agent: Agent
    asking: Asking

    @property
    def layout(self) -> Layout:
        """The page's components."""
        return self.asking.layout

    def wire(self) -> Dependency:
        """Join events and components; the press of the button is given back."""
        part, panel = self.layout, self.layout.sides
        told = [part.visitor, part.interface, part.settled.dataset, panel.about]
        (tongue,) = panel.picked[LANGUAGE]
        panel.about.input(self.offer, told, [*panel.rows.values(), panel.texts[1], tongue, panel.told], **QUIET)
        emptied = part.settled.dataset.change(lambda: None, None, tongue, **QUIET)  # before its choices become fewer
        emptied.then(self.spoken, told, tongue, **QUIET)
        wanted = {*self.asking.context, *panel.given}
        return panel.ask.click(self.compared, wanted, [*self.asking.shown, panel.told], **ASKING)

    def offer(self, visitor: Visitor, language: str, dataset: str, about: str) -> Updates:
        """What is to be picked or written, now that this differs."""
        panel = self.layout.sides
        made: Updates = {row: gr.update(visible=kind == about) for kind, row in panel.rows.items()}
        made |= {panel.texts[1]: gr.update(visible=about == INSTANCES), panel.told: ""}
        return made | {panel.picked[LANGUAGE][0]: self.spoken(visitor, language, dataset, about)}

    def spoken(self, visitor: Visitor, language: str, dataset: str, about: str) -> Any:
        """The languages of the data, at first another one than the page's if there is one; nothing as long as nobody compares languages."""
        found = self._dataset(visitor, dataset)
        if about != LANGUAGE or not found:
            return gr.skip()
        choices = spoken(found)
        names = [name for _, name in choices]
        first = next((name for name in names if name != language), names[0] if names else None)
        return gr.update(choices=choices, value=first)

    def compared(self, given: Given) -> Iterator[Updates]:
        """The question is asked; or what is missing is said beside the button."""
        visitor, message, wish = given[self.layout.visitor], self.asking.message(given), self._wish(given)
        if said := self._problem(wish, message.interface, self._dataset(visitor, message.dataset)):
            yield {self.layout.sides.told: notice(Notice("error", said))}
            return
        explained = wish.first if wish.about == MODEL else message.model
        question = self._question(wish, message.interface)
        whole = replace(message, text=question, model=explained, query=wish.query)
        yield from self.asking.ask(visitor, whole, {self.layout.sides.told: ""})

    def _wish(self, given: Given) -> Wish:
        panel = self.layout.sides
        about = held(given, panel.about)
        picked = [held(given, box) for box in panel.picked.get(about, ())]
        first, second = picked if len(picked) == 2 else ("", *picked, "")[:2]
        return Wish(about, first, second, *(held(given, box) for box in panel.texts))

    def _problem(self, wish: Wish, language: str, found: Dataset | None) -> str:
        """What keeps this from being asked, in words; "" for nothing. Two texts would be one where the data have two fields."""
        if wish.problem:
            return say(f"compare.{wish.problem}", language)
        fields = found.schema.fields if found else ()
        if len(fields) < 2 or wish.about != INSTANCES or not all(isinstance(one, str) for one in wish.texts):
            return ""
        missing = UserError("missing_field", field=", ".join(fields[1:]), fields=", ".join(fields))
        return self.agent.say_error(missing, language)

    def _question(self, wish: Wish, language: str) -> str:
        """The wish as a sentence, for the conversation."""
        texts = [_named(text, language) for text in (wish.text, wish.other)]
        if wish.about == INSTANCES:
            return say("compare.said", language, first=texts[0], second=texts[1])
        if wish.about == LANGUAGE:
            known = languages().get(wish.second)
            spoken = known.native if known else wish.second
            return say("compare.said_in", language, text=texts[0] or say("compare.this", language), second=spoken)
        titles = {name: title for title, name in (*precisions(language), *methods(language))} | dict(
            self.agent.models()
        )
        one, two = (titles.get(name, name) for name in (wish.first, wish.second))
        both = say("compare.said", language, first=one, second=two)
        return f"{both}: {texts[0]}" if texts[0] else both

    def _dataset(self, visitor: Visitor, name: str) -> Dataset | None:
        try:
            return self.agent.dataset(visitor["session"], name)
        except UserError:
            return None


def _meant(text: str) -> int | str:
    """The id that a field holds, else its text."""
    number = whole_number(text)
    return text.strip() if number is None else number


def _named(text: str, language: str) -> str:
    """An id, or a text in quotes; "" for an empty field."""
    number = whole_number(text)
    if number is not None:
        return say("understood.id", language, id=number)
    return say("compare.quote", language, text=shorten(text.strip(), SHOWN)) if text.strip() else ""
