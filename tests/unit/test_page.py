"""The page's events without a browser: a new conversation, what buttons and links ask, what is kept, and rows with their filters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from agent.feedback import A_MINUTE
from agent.run import UPLOAD
from agent.state import Message
from agent.turn import Agent
from core import apart
from core.progress import Progress
from core.settings import Settings
from tests.markup_reader import Page as Shown
from tests.markup_reader import read
from ui.chat import EMPTY, View
from ui.layout import build
from ui.page import Page
from ui.panels import AUTO, precision_choices
from ui.words import say

VISITOR = {"session": "a" * 32, "interface": "en", "pins": [], "rated": {}}
SETTLED = ("en", "model", AUTO, "reviews", AUTO, False, "")  # what a click knows besides: language, model, …, planner
Event = dict[str, Any]


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read here: the process of its own has its tests in test_apart.py."""
    monkeypatch.setattr("agent.uploads.read_apart", lambda path, name: apart.infer(apart.read_rows(path), name))


@pytest.fixture
def page(settings: Settings) -> Iterator[Page]:
    with gr.Blocks(analytics_enabled=False) as blocks:
        agent = Agent(settings)
        made = Page(agent, settings, build(settings, agent.models(), agent.datasets(""), []))
        made.wire(blocks)
    yield made


@pytest.fixture
def blocks(page: Page) -> Any:
    """What Gradio knows of the page."""
    return page.layout.clear.parent.parent


def event(**said: object) -> gr.EventData:
    return gr.EventData(None, said)


def uploaded(page: Page, folder: Path) -> str:
    """The name of a file that the visitor has uploaded."""
    file = folder / "soup.csv"
    file.write_text("text,label\ngreat soup,pos\nawful soup,neg\n", "utf-8")
    page.agent.add_dataset(VISITOR["session"], file)  # type: ignore[arg-type]
    return UPLOAD + file.name


def asked(page: Page) -> list[Message]:
    """What the page asks from now on; every question is answered at once."""
    heard: list[Message] = []

    def ask(session: str, message: Message, marks: object) -> Iterator[View]:
        heard.append(message)
        yield View(None, EMPTY, False)

    page.chat = SimpleNamespace(ask=ask, instead=ask)  # type: ignore[assignment]
    return heard


def test_a_new_conversation_has_a_session_of_its_own_and_data_that_are_there(page: Page, tmp_path: Path) -> None:
    part, own = page.layout, uploaded(page, tmp_path)
    page.agent.turn(VISITOR["session"], Message(query="count", dataset=own), Progress())  # type: ignore[arg-type]
    emptied, refreshed = page.clear({**VISITOR, "pins": ["k"]}, "en", own)
    visitor = emptied[part.visitor]
    assert visitor["session"] != VISITOR["session"] and len(visitor["session"]) == 32 and visitor["pins"] == []
    assert emptied[part.transcript] == emptied[part.past] == emptied[part.told] == ""
    assert emptied[part.settled.dataset] == refreshed[part.settled.dataset]["value"] == page.settings.dataset
    assert own not in dict(map(reversed, refreshed[part.settled.dataset]["choices"]))
    assert not page.agent.history(VISITOR["session"])  # type: ignore[arg-type]
    assert set(refreshed) == set(page.browse.outputs)


def test_a_new_conversation_keeps_data_that_come_with_the_program(page: Page) -> None:
    emptied, _ = page.clear(VISITOR, "en", "claims")
    assert emptied[page.layout.settled.dataset] == "claims"


def test_a_new_conversation_first_cancels_what_is_being_asked(blocks: gr.Blocks, page: Page) -> None:
    on_click = [made for made in blocks.fns.values() if (page.layout.clear._id, "click") in made.targets]
    cancelled = {blocks.fns[number].name for made in on_click for number in made.cancels}
    assert (
        cancelled == {"typed", "clicked", "instead", "arrive", "compared", "filter", "turn"}
        and on_click[-1].name == "clear"
    )


def test_another_language_never_shows_rows_under_a_name_that_is_gone(page: Page) -> None:
    made = page.browse.refresh("b" * 32, "de", UPLOAD + "gone.csv")
    assert made[page.layout.settled.dataset]["value"] == page.settings.dataset


def test_other_rows_come_with_an_empty_search(page: Page) -> None:
    search = page.layout.filters.search
    made = page.browse.refresh("b" * 32, "de", "claims")[search]
    assert made["value"] == "" and made["placeholder"] == say("viewer.search_hint", "de")
    assert search in page.browse.outputs and page.worded.count(search) == 1


def test_a_button_of_a_turn_asks_about_the_turns_data(page: Page) -> None:
    heard = asked(page)
    for handler in (page.clicked, page.instead):
        list(handler(VISITOR, *SETTLED, event(query="predict where id = 12", of="claims")))
        list(handler(VISITOR, *SETTLED, event(query="predict where id = 12")))
    assert [message.dataset for message in heard] == ["claims", "reviews"] * 2


def test_data_of_another_visitor_are_refused_by_whatever_name_a_button_brings(page: Page, tmp_path: Path) -> None:
    own = uploaded(page, tmp_path)
    *_, last = page.clicked({**VISITOR, "session": "b" * 32}, *SETTLED, event(query="count", of=own))
    assert "soup.csv" in read(last[page.layout.transcript]).all("notice")[0].text


@pytest.mark.parametrize("precision", ["bnb-nf9", "fp32"])
def test_a_link_chooses_a_precision_only_where_this_machine_offers_it(page: Page, precision: str) -> None:
    heard, offered = asked(page), [name for _, name in precision_choices("en")]
    (first,) = page.arrive(VISITOR, Message(link="1", model="any", precision=precision))
    chosen = first[page.layout.settled.precision]
    assert chosen in offered and chosen == (precision if precision in offered else AUTO)
    assert heard[0].precision == precision, "the question itself is refused or answered as it is"


def test_a_cheaper_choice_that_has_to_wait_is_told_so(page: Page) -> None:
    page.chat = SimpleNamespace(instead=lambda *_: iter(()))  # type: ignore[assignment]
    (told,) = page.instead(VISITOR, *SETTLED, event(query="count"))
    assert read(told[page.layout.composer.foot]).text == say("busy", "en")


def rate(page: Page, visitor: Event = VISITOR, **said: object) -> tuple[Event, Shown]:
    """What the page becomes by a rating, and what its script is told."""
    made = page.keeping.rate(visitor, "en", event(key="k", link="1abc", **said))
    return made, read(made[page.layout.told])


def test_presses_are_all_sent_and_answered_in_order(blocks: gr.Blocks) -> None:
    made = [one for one in blocks.fns.values() if one.name in ("pin", "rate")]
    assert {(one.trigger_mode, one.concurrency_limit) for one in made} == {("multiple", 1)} and len(made) == 2


def test_quick_presses_do_not_undo_each_other(page: Page) -> None:
    """The second event left the page before the first one was answered: it brings what the first one pressed."""
    both = {"pins": ["k"], "rated": {"k": {"clear": 1, "helpful": -1}}}
    made, _ = rate(page, axis="helpful", way=-1, **both)
    assert made[page.layout.visitor] == {**VISITOR, **both}
    pinned = page.keeping.pin(VISITOR, "en", event(key="k", **both))
    assert pinned[page.layout.visitor] == {**VISITOR, **both} and pinned[page.layout.told] == ""


def test_thanks_come_when_a_rating_was_taken(page: Page) -> None:
    for said, axis in (({"axis": "clear", "way": 1}, "clear"), ({"remark": "Too short."}, None)):
        told = rate(page, **said)[1].elements[0].attributes
        assert (told["data-thanks"], told["data-turn"]) == (say("rate.thanks", "en"), "k")
        assert told.get("data-axis") == axis
    for said in ({"axis": "clear", "way": 0}, {"remark": "  "}):
        assert rate(page, **said)[0][page.layout.told] == "", "which clears an error that stood there"


def test_a_rating_that_was_refused_is_not_thanked_for_and_the_thumbs_stay(page: Page) -> None:
    for _ in range(A_MINUTE):
        rate(page, axis="clear", way=1)
    for said in ({"axis": "clear", "way": -1}, {"remark": "Too short."}):
        made, told = rate(page, {**VISITOR, "rated": {"k": {"clear": 1}}}, **said, rated={"k": {"clear": -1}})
        facts = told.elements[0].attributes
        assert told.all("notice") and "data-thanks" not in facts and page.layout.visitor not in made
        assert facts.get("data-axis") == said.get("axis") and facts["data-way"] == ("1" if "axis" in said else "0")


def test_a_conversation_is_saved_as_often_as_it_is_asked_for(page: Page) -> None:
    page.agent.turn(VISITOR["session"], Message(query="count"), Progress())  # type: ignore[arg-type]
    saved = [page.keeping.export(VISITOR, "en", event(format="markdown")) for _ in range(2)]
    files = [read(one).all("file")[0].attributes for one in saved]
    assert files[0]["data-content"] == files[1]["data-content"] and saved[0] != saved[1], "only what changed is noticed"


def test_a_conversation_about_data_that_are_gone_is_saved_all_the_same(page: Page, tmp_path: Path) -> None:
    own = uploaded(page, tmp_path)
    page.agent.turn(VISITOR["session"], Message(query="count", dataset=own), Progress())  # type: ignore[arg-type]
    page.agent._uploads.forget(VISITOR["session"])  # type: ignore[arg-type]
    assert page.chat.schemas(VISITOR["session"])(own) is None  # type: ignore[arg-type]
    assert read(page.keeping.export(VISITOR, "en", event(format="html"))).all("file")


def test_an_answer_is_repainted_where_the_page_speaks_another_language_by_now(page: Page) -> None:
    part = page.layout
    *_, last = page.clicked(VISITOR, *SETTLED, event(query="count"))
    assert last[part.painted] == "en" and say("action.copy", "en") in last[part.transcript]
    assert set(page.repaint(VISITOR, "en", "en")) == {part.past}, "it is as it should be"
    made = page.repaint(VISITOR, "de", last[part.painted])
    assert say("action.copy", "de") in made[part.transcript] and say("local", "de") in made[part.composer.foot]
    assert made[part.painted] == page.relabel(VISITOR, "de", "reviews")[part.painted] == "de"


def test_rows_on_their_way_are_not_painted_over_those_of_other_data(blocks: gr.Blocks, page: Page) -> None:
    def cancelled(part: Any, event: str) -> set[str | None]:
        on = [made for made in blocks.fns.values() if (part._id, event) in made.targets]
        return {blocks.fns[number].name for made in on for number in made.cancels}

    settled = page.layout.settled
    assert cancelled(settled.dataset, "change") == cancelled(page.layout.interface, "input") == {"filter", "turn"}
    assert not any(cancelled(part, "change") for part in (settled.model, page.layout.filters.search))


def test_a_row_is_asked_about_its_own_data(page: Page) -> None:
    part, wishes = page.layout, ("", "", "", "", "", "")
    made = [page.browse.refresh("b" * 32, "de", "claims")[part.rows]]
    made += page.browse.filter(VISITOR, "en", "claims", "any", AUTO, *wishes)
    assert [read(rows).all("viewer")[0].attributes["data-of"] for rows in made] == ["claims", "claims"]


def test_a_file_that_cannot_be_read_is_told_in_the_language_of_the_page(
    blocks: gr.Blocks, page: Page, tmp_path: Path
) -> None:
    (made,) = [one for one in blocks.fns.values() if one.name == "upload"]
    assert not made.preprocess, "Gradio would refuse it before, in English"
    file = tmp_path / "soup.xlsx"
    file.write_bytes(b"PK")
    told = page.browse.upload(VISITOR, "te", "reviews", {"path": str(file)})[page.layout.settled.told]  # type: ignore[arg-type]
    assert "soup.xlsx ఫైల్‌ను చదవలేకపోయాం" in read(told).text
