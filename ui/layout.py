"""What is where on the page: the conversation, the composer beneath it, and the panel beside it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from core.settings import Settings
from ui import panels
from ui.labels import Labels, word
from ui.markup import Markup, tag
from ui.privacy import local
from ui.sides import Sides, sides
from ui.theme import JS
from ui.welcome import brand, views
from ui.words import say


@dataclass(frozen=True)
class Composer:
    """Where messages are written: two fields for tasks that have two, the message, send or stop, and a line beneath."""

    own: gr.Row
    fields: tuple[gr.Textbox, gr.Textbox]
    message: gr.Textbox
    send: gr.Button
    stop: gr.Button
    several: gr.Checkbox
    foot: gr.HTML


@dataclass(frozen=True)
class Layout:
    """The components of the page that events read or write."""

    labels: Labels
    visitor: gr.BrowserState
    arrived: gr.State
    interface: gr.Dropdown
    clear: gr.Button
    welcome: gr.HTML
    transcript: gr.HTML
    live: gr.HTML
    told: gr.HTML
    past: gr.HTML
    painted: gr.State
    composer: Composer
    settled: panels.Settled
    samples: gr.HTML
    sides: Sides
    filters: panels.Filters
    rows: gr.HTML


def html(name: str, value: str = "") -> gr.HTML:
    """A piece of our own HTML with the page's one script."""
    return gr.HTML(value, apply_default_css=False, elem_id=name, js_on_load=JS.read_text("utf-8"))


def build(settings: Settings, models: panels.Named, datasets: panels.Named, planners: panels.Named) -> Layout:
    """All components, inside a gr.Blocks context."""
    labels = Labels()
    visitor = gr.BrowserState({}, storage_key="polylens", secret="polylens")  # an opaque id: obscured, not secret
    arrived = gr.State(None)  # the message of a share link, until it was asked
    painted = gr.State("")  # the language of the page's words around the turns
    with gr.Row(elem_id="top"):
        head = html("brand")
        labels.add(head, value=brand)
        labels.add(html("nav"), value=views)
        clear = gr.Button(size="sm", variant="secondary", elem_id="clear", min_width=60)
        labels.add(clear, value=word("clear"))
        interface = panels.interface_selector()
        labels.add(interface, label=word("panel.interface"))
    with gr.Row(elem_id="shell"):
        with gr.Column(elem_id="chat", scale=1):
            welcome, transcript, live = html("welcome"), html("transcript"), html("live")
            composer = _composer(labels, settings)
            told = html("toast")
        with gr.Column(elem_id="side", scale=0):
            past = html("past")
            panels.heading("nav.settings", labels)
            settled = panels.selectors(settings, models, datasets, planners, labels)
            samples = html("samples")
            beside = sides(settings.model, models, labels)
            panels.folded(settled.planner, "plan.title", labels, shown=bool(settings.agent_model))
            panels.heading("nav.data", labels)
            filters = panels.filters()
            rows = html("rows")
    return Layout(
        labels, visitor, arrived, interface, clear, welcome, transcript, live, told, past, painted, composer, settled,
        samples, beside, filters, rows,
    )  # fmt: skip


def _composer(labels: Labels, settings: Settings) -> Composer:
    """Send and stop stand in the same place; one of them is hidden."""
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="own", visible=False) as own:
            fields = (_field("first"), _field("second"))
        with gr.Row(elem_id="entry"):
            message = gr.Textbox(
                show_label=False, container=False, lines=1, max_lines=8, elem_id="message", autofocus=True, scale=1
            )
            labels.add(message, label=word("message"), placeholder=word("placeholder"))
            send = gr.Button(variant="primary", elem_id="send", scale=0, min_width=48)
            labels.add(send, value=word("send"))
            stop = gr.Button(variant="secondary", elem_id="stop", scale=0, min_width=48, visible=False)
            labels.add(stop, value=word("stop"))
        several = gr.Checkbox(
            label=say("plan.several", "en"), value=False, visible=bool(settings.agent_model),
            container=False, interactive=True, elem_id="several",
        )  # fmt: skip
        labels.add(several, label=word("plan.several"))
        foot = gr.HTML(apply_default_css=False, elem_id="foot")
        labels.add(foot, value=lambda language: local(language, settings))
    return Composer(own, fields, message, send, stop, several, foot)


def _field(name: str) -> gr.Textbox:
    return gr.Textbox(lines=1, max_lines=4, elem_id=f"own-{name}", container=True, min_width=220)


def busy(language: str) -> Markup:
    """In the same place: that the answer before is still on its way."""
    return tag("p", say("busy", language), class_="busy", role="status")
