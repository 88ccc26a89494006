"""The panel beside the conversation: model, data, precision, languages, upload, and the data viewer's filters."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from core.data import Dataset
from core.languages import complete, languages
from core.settings import Settings
from models.weights.memory import runnable_here
from ui.labels import Labels, word
from ui.markup import Markup, tag
from ui.words import say

AUTO = "auto"
FILES = [".csv", ".tsv", ".jsonl", ".parquet"]
Named = list[tuple[str, str]]


@dataclass(frozen=True)
class Settled:
    """The selectors of the panel."""

    model: gr.Dropdown
    card: gr.HTML
    dataset: gr.Dropdown
    upload: gr.UploadButton
    told: gr.HTML
    precision: gr.Dropdown
    answers: gr.Dropdown
    planner: gr.Dropdown


@dataclass(frozen=True)
class Filters:
    """The data viewer's filters."""

    search: gr.Textbox
    label: gr.Dropdown
    language: gr.Dropdown
    split: gr.Dropdown
    answers: gr.Dropdown
    order: gr.Dropdown

    @property
    def all(self) -> list[gr.Textbox | gr.Dropdown]:
        """In the order of a Wish."""
        return [self.search, self.label, self.language, self.split, self.answers, self.order]


def interface_selector() -> gr.Dropdown:
    """The language of the page, each by its own name."""
    choices = [(languages()[code].native, code) for code in complete()]
    return gr.Dropdown(
        choices,
        value="en",
        filterable=False,
        container=False,
        show_label=False,
        interactive=True,
        elem_id="interface",
        min_width=120,
    )


def selectors(settings: Settings, models: Named, datasets: Named, planners: Named, labels: Labels) -> Settled:
    """What is explained, on which data, how precisely, and in which language the answers are."""
    named = [(title, name) for name, title in models]
    model = gr.Dropdown(named, value=settings.model, allow_custom_value=True, interactive=True, elem_id="model")
    labels.add(model, label=word("panel.model"), info=word("panel.model_info"))
    card = gr.HTML(apply_default_css=False, elem_id="card")
    shown = [(title, name) for name, title in datasets]
    dataset = gr.Dropdown(shown, value=settings.dataset, interactive=True, filterable=False, elem_id="dataset")
    upload = gr.UploadButton(file_types=FILES, size="sm", variant="secondary", elem_id="upload")
    labels.add(upload, label=word("panel.upload"))
    formats = gr.HTML(apply_default_css=False)
    labels.add(formats, value=lambda language: upload_info(settings, language))
    told = gr.HTML(apply_default_css=False, elem_id="told")
    with gr.Row(elem_classes="pair"):
        answers = gr.Dropdown(
            answer_choices("en"), value=AUTO, interactive=True, filterable=False, elem_id="answers", min_width=150
        )
        labels.add(answers, label=word("panel.answers"), choices=answer_choices)
        precision = gr.Dropdown(
            precision_choices("en"), value=AUTO, interactive=True, filterable=False, elem_id="precision", min_width=120
        )
        labels.add(precision, label=word("panel.precision"), choices=precision_choices)
    planner = _planner(settings, planners, labels)
    return Settled(model, card, dataset, upload, told, precision, answers, planner)


def _planner(settings: Settings, planners: Named, labels: Labels) -> gr.Dropdown:
    """The chat model that plans questions of several steps; none, where whoever runs this named none. `folded` shows it."""

    def choices(language: str) -> Named:
        return [(say("plan.off", language), ""), *((title, name) for name, title in planners)]

    made = gr.Dropdown(
        choices("en"), value=settings.agent_model, interactive=True, filterable=False, elem_id="planner", render=False
    )
    labels.add(made, label=word("plan.planner"), info=word("plan.planner_info"), choices=choices)
    return made


def folded(part: gr.Dropdown, key: str, labels: Labels, shown: bool) -> None:
    """A component that few need, behind the words of `key` until somebody opens it."""
    with gr.Accordion(open=shown, elem_classes="folded") as fold:
        labels.add(fold, label=word(key))
        part.render()


def answer_choices(language: str) -> Named:
    """Automatic, then every complete language by its own name."""
    return [(say("panel.automatic", language), AUTO), *((languages()[code].native, code) for code in complete())]


def precision_choices(language: str) -> Named:
    """The precisions that a model can be loaded in."""
    return [(say(f"precision.{name}", language), name) for name in (AUTO, *runnable_here())]


def filters() -> Filters:
    """Search, label, language and part; their choices follow the data."""
    search = gr.Textbox(show_label=False, container=False, elem_id="search", max_lines=1)
    with gr.Row(elem_classes="pair three"):
        made = [_narrow(f"{name}-of-rows") for name in ("label", "language", "part")]
    with gr.Row(elem_classes="pair"):
        for name in ("answers", "order"):
            made.append(_narrow(f"{name}-of-rows"))
    return Filters(search, *made)


def _narrow(name: str) -> gr.Dropdown:
    return gr.Dropdown([("", "")], value="", interactive=True, filterable=False, min_width=90, elem_id=name)


def heading(key: str, labels: Labels) -> gr.HTML:
    """A section's title."""
    made = gr.HTML(apply_default_css=False, elem_classes="section")
    labels.add(made, value=lambda language: tag("h2", say(key, language)))
    return made


def upload_info(settings: Settings, language: str) -> Markup:
    """What can be uploaded, said before anybody tries."""
    return tag("p", say("panel.upload_info", language, size=settings.max_upload_mb), class_="upload-info", dir="auto")


def uploaded(name: str, read: Dataset, language: str) -> Markup:
    """What was read from an upload: the schema, shown, and how many rows were of no use."""
    facts = {
        "name": name,
        "rows": len(read.rows),
        "fields": ", ".join(read.schema.fields),
        "labels": ", ".join(read.schema.labels) or say("panel.no_labels", language),
    }
    told = [say("panel.uploaded", language, **facts)]
    told += [say("panel.left_out", language, count=len(read.empty))] if read.empty else []
    return tag("p", " ".join(told), class_="told", dir="auto")
