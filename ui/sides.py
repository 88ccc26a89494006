"""The panel that sets two answers side by side: what differs, the two sides, and about which text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from agent.words import method_name
from core.data import Dataset
from core.explanations import INSTANCES, LANGUAGE, METHOD, MODEL, PRECISION
from core.languages import code_of, languages
from explainers.base import EXPLAINERS
from models.quantization.precisions import FULL
from operations.attribute import DEFAULT_METHOD
from operations.compare import SECOND_METHOD, USUAL
from ui.labels import Labels, word
from ui.panels import Named, precision_choices
from ui.words import say

KINDS = (PRECISION, METHOD, MODEL, INSTANCES, LANGUAGE)
MOST_TEXT = 4  # lines that a field grows to


@dataclass(frozen=True)
class Sides:
    """The components. `picked` are the drop-downs of a kind, two or for a language one, in the row of `rows`; `texts` ids or texts.

    Every kind has drop-downs of its own: one whose choices become fewer fails in the browser on a place that is gone.
    """

    about: gr.Dropdown
    rows: dict[str, gr.Row]
    picked: dict[str, tuple[gr.Dropdown, ...]]
    texts: tuple[gr.Textbox, gr.Textbox]
    ask: gr.Button
    told: gr.HTML

    @property
    def given(self) -> list[Any]:
        """What is read when the button is pressed."""
        return [self.about, *self.texts, *(box for boxes in self.picked.values() for box in boxes)]


def sides(model: str, models: Named, labels: Labels) -> Sides:
    """The components, folded until somebody opens them, inside a gr.Blocks context. `models` are names with titles."""
    with gr.Accordion(open=False, elem_id="compare", elem_classes="folded") as fold:
        labels.add(fold, label=word("compare.title"))
        about = _box("about", kinds("en"), PRECISION)
        labels.add(about, label=word("compare.about"), choices=kinds)
        rows, picked = _picked(model, models, labels)
        texts = (_written("text", labels), _written("other", labels, visible=False))
        ask = gr.Button(variant="secondary", elem_id="compare-ask")
        labels.add(ask, value=word("compare.ask"))
        told = gr.HTML(apply_default_css=False, elem_id="compare-told")
    return Sides(about, rows, picked, texts, ask, told)


def _picked(model: str, models: Named, labels: Labels) -> tuple[dict[str, gr.Row], dict[str, tuple[gr.Dropdown, ...]]]:
    """A row of drop-downs for each kind that is picked from a list; what stands there at first differs."""
    titled = [(title, name) for name, title in models]
    second = next((name for name, _ in models if name != model), model)
    offered: dict[str, tuple[Named, str, str]] = {
        PRECISION: (precisions("en"), FULL, USUAL),
        METHOD: (methods("en"), DEFAULT_METHOD, SECOND_METHOD),
        MODEL: (titled, model, second),
    }
    rows, picked = {}, {}
    for kind, (choices, *usual) in offered.items():
        with gr.Row(elem_classes="pair", visible=kind == PRECISION) as rows[kind]:
            names = ("first", "second")
            boxes = tuple(_box(f"{kind}-{name}", choices, value) for name, value in zip(names, usual, strict=True))
        for name, box in zip(names, boxes, strict=True):
            worded = {"choices": CALLED[kind]} if kind in CALLED else {}
            labels.add(box, label=word(f"compare.{name}"), **worded)
        picked[kind] = boxes
    with gr.Row(elem_classes="pair", visible=False) as rows[LANGUAGE]:
        picked[LANGUAGE] = (_box(LANGUAGE, [], None),)
    labels.add(picked[LANGUAGE][0], label=word("compare.in"))
    return rows, picked


def _box(name: str, choices: Named, value: str | None) -> gr.Dropdown:
    return gr.Dropdown(
        choices, value=value, interactive=True, filterable=False, min_width=120, elem_id=f"compare-{name}"
    )


def _written(name: str, labels: Labels, visible: bool = True) -> gr.Textbox:
    made = gr.Textbox(lines=1, max_lines=MOST_TEXT, visible=visible, elem_id=f"compare-{name}")
    labels.add(made, label=word(f"compare.{name}"), placeholder=word("compare.hint"))
    return made


def kinds(language: str) -> Named:
    """What can differ, in words."""
    return [(say(f"compare.{kind}", language), kind) for kind in KINDS]


def precisions(language: str) -> Named:
    """The precisions that this machine can load, in words."""
    return precision_choices(language)[1:]


def methods(language: str) -> Named:
    """The methods as the glossary calls them, without those that are made to be compared with."""
    return [(method_name(one.name, language), one.name) for one in EXPLAINERS if not one.control]


def spoken(dataset: Dataset) -> Named:
    """The languages of the data by their own names, those with most rows first."""
    codes = [code_of(row.language) for row in dataset.rows if row.language]
    ranked = sorted(set(codes), key=lambda code: (-codes.count(code), code))
    return [(languages()[code].native if code in languages() else code, code) for code in ranked]


CALLED = {PRECISION: precisions, METHOD: methods}  # what can be picked, called differently in each language
