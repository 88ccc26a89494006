"""The data side of the page: which data set, its rows with filters and pages, uploads, and the form for two fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency

from agent.turn import Agent
from core.blocks import Notice
from core.data import Dataset, Schema
from core.errors import UserError
from core.settings import Settings
from ui.blocks import notice
from ui.events import QUIET, Given, Updates, Visitor, held, sent
from ui.layout import Layout
from ui.markup import Markup, join, tag
from ui.panels import uploaded
from ui.viewer import (
    ANY,
    NOTHING,
    Said,
    Wish,
    correctness_choices,
    label_choices,
    language_choices,
    matching,
    order_choices,
    split_choices,
    view,
)
from ui.welcome import more, welcome
from ui.words import say, say_or

PAIR = 2  # fields of a task that gets a form: claim and evidence, premise and hypothesis


@dataclass(frozen=True)
class Asked:
    """Which data, and which model is asked about them."""

    dataset: str
    model: str
    precision: str


@dataclass(frozen=True)
class Browse:
    """Everything about data that the page shows, for whichever session asks."""

    agent: Agent
    settings: Settings
    layout: Layout

    @property
    def outputs(self) -> list[Any]:
        """What changes with the data set or the language."""
        part = self.layout
        wishes = part.filters
        return [
            part.settled.dataset,
            part.settled.told,
            *wishes.all,
            part.rows,
            part.welcome,
            part.samples,
            part.composer.own,
            *part.composer.fields,
        ]

    def wire(self) -> list[Dependency]:
        """Join events and components; what paints rows for other filters, and is to stop where other data or words come, is given back."""
        part, wishes = self.layout, self.layout.filters
        data = [part.visitor, part.interface, part.settled.dataset]
        wanted = {*data, part.settled.model, part.settled.precision, *wishes.all}
        # `change` for the search: pasted text raises no `input`; another model is wrong about other rows
        changes = [wishes.search, part.settled.model, part.settled.precision]
        events = [*(box.change for box in changes), *(wish.input for wish in wishes.all[1:])]
        last = {"trigger_mode": "always_last", **QUIET}
        painting = [event(self.filter, wanted, part.rows, **last) for event in events]
        painting.append(part.rows.browse(self.turn, wanted, part.rows, **QUIET))
        part.settled.dataset.change(None, cancels=painting, **QUIET)  # also by an upload
        part.settled.dataset.input(self.choose, data, self.outputs, **QUIET)
        part.settled.upload.upload(self.upload, [*data, part.settled.upload], self.outputs, **QUIET)
        return painting

    def schema(self, session: str, dataset: str) -> Schema | None:
        """The schema of a session's data set; None where it cannot be read any more."""
        found = self._dataset(session, dataset)
        return found.schema if found else None

    def known(self, session: str, dataset: str) -> str:
        """This data set, or the usual one where the session has none of that name."""
        return dataset if self._dataset(session, dataset) else self.settings.dataset

    def choose(self, visitor: Visitor, language: str, dataset: str) -> Updates:
        """Another data set was picked."""
        return self.refresh(visitor["session"], language, dataset)

    def refresh(self, session: str, language: str, dataset: str) -> Updates:
        """Rows, filters, form and samples for this data set, or the usual one, in this language; filters start empty."""
        part, wishes = self.layout, self.layout.filters
        dataset = self.known(session, dataset)
        found = self.agent.dataset(session, dataset)
        choices = [(title, name) for name, title in self.agent.datasets(session, language)]
        samples = self.agent.examples(session, dataset, language)
        made: Updates = {
            part.settled.dataset: gr.update(label=say("panel.dataset", language), choices=choices, value=dataset),
            part.settled.told: "",
            wishes.search: gr.update(
                label=say("viewer.search", language), placeholder=say("viewer.search_hint", language), value=""
            ),
            part.rows: self._view(session, language, dataset, found, Wish()),
            part.welcome: gr.update(value=welcome(samples, language)),
            part.samples: more(samples, language),
            part.composer.own: gr.update(visible=len(found.schema.fields) == PAIR),
        }
        for dropdown, key, options in (
            (wishes.label, "label", label_choices(found, language)),
            (wishes.language, "language", language_choices(found, language)),
            (wishes.split, "split", split_choices(found, language)),
        ):
            made[dropdown] = gr.update(
                label=say(f"viewer.{key}", language), choices=options, value=ANY, visible=len(options) > 2
            )
        labelled = any(row.label for row in found.rows)
        made[wishes.answers] = gr.update(
            label=say("viewer.answers", language), choices=correctness_choices(language), value=ANY, visible=labelled
        )
        made[wishes.order] = gr.update(label=say("viewer.order", language), choices=order_choices(language), value="")
        return made | self._fields(found.schema, language)

    def _fields(self, schema: Schema, language: str) -> Updates:
        """The form's fields carry the names of the task's."""
        names = schema.fields if len(schema.fields) == PAIR else ("", "")
        hint = say("own_text", language)
        titles = [say_or(f"field.{name}", language, name) if name else "" for name in names]
        return {
            box: gr.update(label=title, placeholder=hint)
            for box, title in zip(self.layout.composer.fields, titles, strict=True)
        }

    def filter(self, given: Given) -> Iterator[Markup]:
        """The rows that fit, from the first page."""
        yield from self._page(given, 0)

    def turn(self, given: Given, event: gr.EventData) -> Iterator[Markup]:
        """Another page of the same rows."""
        page = sent(event._data).get("page", 0)
        yield from self._page(given, page if isinstance(page, int) else 0)

    def _page(self, given: Given, page: int) -> Iterator[Markup]:
        """The rows, or why they cannot be shown."""
        part, settled, language = self.layout, self.layout.settled, held(given, self.layout.interface)
        asked = Asked(*(held(given, box) for box in (settled.dataset, settled.model, settled.precision)))
        search, label, code, split, answers, order = (held(given, box) for box in part.filters.all)
        wish = Wish(search, label, code, split, answers, order, page)
        try:
            yield from self._rows(given[part.visitor], language, asked, wish)
        except UserError as error:
            yield self._refused(error, language)

    def _rows(self, visitor: Visitor, language: str, asked: Asked, wish: Wish) -> Iterator[Markup]:
        """The rows; first, where the model has to be asked, a line that says so."""
        found = self.agent.dataset(visitor["session"], asked.dataset)
        if not wish.answers:
            yield self._view(visitor["session"], language, asked.dataset, found, wish)
            return
        # loading is a turn's work: there it is foretold, shows its progress, can be stopped, and counts as a question
        if not self.agent.weights(asked.model, asked.precision).loaded:
            yield notice(Notice("note", say("viewer.not_loaded", language)))
            return
        yield tag("p", say("viewer.asking", language), class_="none", role="status")
        yield self._answered(visitor, language, asked, wish, found)

    def _answered(self, visitor: Visitor, language: str, asked: Asked, wish: Wish, found: Dataset) -> Markup:
        """The rows that the model gets wrong or right, and how many it was asked about where that are not all."""
        rows = [row for row in matching(found, replace(wish, answers=ANY)) if row.label]
        said = self.agent.said(visitor["session"], asked.dataset, asked.model, asked.precision, rows)
        known = sum(row.id in said for row in rows)
        looked = tag("p", say("viewer.asked", language, known=known, total=len(rows)), class_="told")
        shown = self._view(visitor["session"], language, asked.dataset, found, wish, said)
        return join(shown, looked if known < len(rows) else None)

    def _view(self, session: str, language: str, name: str, found: Dataset, wish: Wish, said: Said = NOTHING) -> Markup:
        """The rows, all sessions' own; where this one has changed some for itself, with a line that says so."""
        changed = self.agent.changed(session, name)
        note = tag("p", say("viewer.as_came", language), class_="told") if changed else None
        return join(note, view(found, wish, language, said, name))

    def upload(self, visitor: Visitor, language: str, dataset: str, file: dict[str, Any] | None) -> Updates:
        """A file of the visitor's own: read, shown with its schema and chosen; or the reason why not."""
        told = self.layout.settled.told
        if not file:
            return {told: ""}
        path, session = Path(file["path"]), visitor["session"]
        try:
            found = self.agent.add_dataset(session, path)
        except UserError as error:
            return {told: self._refused(error, language)}
        name = next((name for name, title in self.agent.datasets(session) if title == path.name), dataset)
        said = uploaded(path.name, found, language)
        return self.refresh(session, language, name) | {told: said}

    def _refused(self, error: UserError, language: str) -> Markup:
        return notice(Notice("error", self.agent.say_error(error, language)))

    def _dataset(self, session: str, name: str) -> Dataset | None:
        try:
            return self.agent.dataset(session, name)
        except UserError:
            return None
