"""The page's events without a browser: a new conversation, what buttons and links ask, what is kept, and rows with their filters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from agent.running.run import UPLOAD
from agent.sessions.feedback import A_MINUTE
from agent.state import ANSWERED, Message, Turn
from agent.turn import Agent
from core import apart
from core.dialogue import Reply
from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from tests.films import films
from tests.markup_reader import Page as Shown
from tests.markup_reader import read
from ui.chat import EMPTY, View
from ui.layout import build
from ui.page import SENT, Page, make_page
from ui.panels import AUTO, precision_choices
from ui.words import say

VISITOR = {"session": "a" * 32, "interface": "en", "pins": [], "rated": {}}
Event = dict[str, Any]


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read here: the process of its own has its tests in test_apart.py."""
    monkeypatch.setattr(
        "agent.sessions.uploads.read_apart", lambda path, name: apart.infer(apart.read_rows(path), name)
    )


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


def held(page: Page, visitor: Event = VISITOR, dataset: str = "reviews", **more: object) -> dict[Any, object]:
    """What the components hold: the usual choices, and `more` by the names of the filters."""
    part, settled = page.layout, page.layout.settled
    chosen = {settled.model: "model", settled.precision: AUTO, settled.dataset: dataset, settled.answers: AUTO}
    wished = {box: more.get(name, "") for name, box in vars(part.filters).items()}
    return {part.visitor: visitor, part.interface: "en", **chosen, **wished}


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

    page.asking.chat = SimpleNamespace(ask=ask, instead=ask)  # type: ignore[assignment]
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
    for handler in (page.asking.clicked, page.asking.instead):
        list(handler(held(page), event(query="predict where id = 12", of="claims")))
        list(handler(held(page), event(query="predict where id = 12")))
    assert [message.dataset for message in heard] == ["claims", "reviews"] * 2


def test_a_button_of_a_turn_asks_its_own_model_and_in_the_language_that_was_wanted(page: Page) -> None:
    heard = asked(page)
    for answers in (AUTO, "te"):
        given = held(page) | {page.layout.settled.answers: answers}
        list(page.asking.clicked(given, event(query="compare(model=b) where id = 12", model="a", language="de")))
        list(page.asking.clicked(given, event(query="count")))
    assert [message.model for message in heard] == ["a", "model"] * 2
    assert [message.language for message in heard] == ["de", AUTO, "te", "te"], "what the selector says goes first"


def test_a_page_that_gradio_has_forgotten_asks_as_before(blocks: Any, page: Page) -> None:
    """Choices that came with an update live in Gradio's memory of the page; without it a file of one's own is no choice."""
    made = [
        one
        for one in blocks.fns.values()
        if one.name in ("typed", "clicked", "compared", "filter", "turn", "choose", "card")
    ]
    assert len(made) > 10 and not any(one.preprocess for one in made)
    heard = asked(page)
    list(
        page.asking.typed(
            held(page, dataset=UPLOAD + "soup.csv") | {page.layout.composer.message: "Why is 0 negative?"}
        )
    )
    assert heard[0].dataset == UPLOAD + "soup.csv" and heard[0].text == "Why is 0 negative?"


def test_a_page_opens_with_the_data_and_the_model_of_its_newest_turn(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, arriving = page.layout, SimpleNamespace(query_params={}, headers={})
    for precision, kept in (("fp32", "fp32"), ("bnb-nf9", AUTO)):
        turn = Turn(
            Message("Is 12 supported?", dataset="claims", model="mini", precision=precision), ANSWERED, Reply(())
        )
        monkeypatch.setattr(page.agent, "history", lambda _, turn=turn: (turn,))
        made = page.open(VISITOR, arriving)  # type: ignore[arg-type]
        assert set(made) == set(page._opened) and made[part.settled.dataset]["value"] == "claims"
        assert (made[part.settled.model]["value"], made[part.settled.precision]["value"]) == ("mini", kept)
    monkeypatch.setattr(page.agent, "history", lambda _: ())
    made = page.open(VISITOR, arriving)  # type: ignore[arg-type]
    assert made[part.settled.dataset]["value"] == "reviews" and "value" not in made[part.settled.model]


def test_a_file_that_is_gone_is_asked_for_again(page: Page) -> None:
    (told,) = page.browse.filter(held(page, dataset=UPLOAD + "soup.csv"))
    assert "“soup.csv” is no longer here" in read(told).text and "Upload it again" in read(told).text


def test_rows_are_not_filtered_by_a_model_that_would_have_to_be_loaded_first(page: Page) -> None:
    given = held(page, answers="wrong") | {page.layout.settled.model: "e5-small"}
    (told,) = page.browse.filter(given)
    assert read(told).text == say("viewer.not_loaded", "en")


def test_rows_that_the_session_has_changed_for_itself_are_told_to_be_the_shared_ones(page: Page) -> None:
    session: str = VISITOR["session"]  # type: ignore[assignment]
    note = say("viewer.as_came", "en")
    assert note not in page.browse.refresh(session, "en", "reviews")[page.layout.rows]
    page.agent.turn(session, Message(query="edit_label(label=positive) where id = 12"), Progress())
    (filtered,) = page.browse.filter(held(page))
    for shown in (filtered, page.browse.refresh(session, "en", "reviews")[page.layout.rows]):
        assert note in shown and read(shown).all("viewer")
    assert note not in page.browse.refresh(session, "en", "claims")[page.layout.rows]
    assert note not in page.browse.refresh("b" * 32, "en", "reviews")[page.layout.rows]


def test_samples_and_welcome_are_about_the_data_at_hand(page: Page, tmp_path: Path) -> None:
    made = page.browse.refresh(VISITOR["session"], "en", uploaded(page, tmp_path))  # type: ignore[arg-type]
    shown = made[page.layout.samples] + made[page.layout.welcome]["value"]
    assert "id 0" in shown and "12" not in read(shown).text


def test_the_data_of_the_settings_are_offered_beside_those_that_come_along(settings: Settings, tmp_path: Path) -> None:
    agent = Agent(settings.model_copy(update={"dataset": films(tmp_path)}))
    assert (films(tmp_path), "films") in agent.datasets("") and len(agent.dataset("", films(tmp_path)).rows) == 3
    with pytest.raises(UserError, match="unknown_dataset"):
        agent.dataset("", str(tmp_path / "other.csv"))


def test_what_a_browser_sent_and_nobody_took_is_deleted(settings: Settings) -> None:
    assert make_page(Agent(settings), settings).delete_cache == SENT


def test_data_of_another_visitor_are_refused_by_whatever_name_a_button_brings(page: Page, tmp_path: Path) -> None:
    own = uploaded(page, tmp_path)
    *_, last = page.asking.clicked(held(page, {**VISITOR, "session": "b" * 32}), event(query="count", of=own))
    assert "soup.csv" in read(last[page.layout.transcript]).all("notice")[0].text


@pytest.mark.parametrize("precision", ["bnb-nf9", "fp32"])
def test_a_link_chooses_a_precision_only_where_this_machine_offers_it(page: Page, precision: str) -> None:
    heard, offered = asked(page), [name for _, name in precision_choices("en")]
    (first,) = page.arrive(VISITOR, Message(link="1", model="any", precision=precision))
    chosen = first[page.layout.settled.precision]
    assert chosen in offered and chosen == (precision if precision in offered else AUTO)
    assert heard[0].precision == precision, "the question itself is refused or answered as it is"


def test_a_cheaper_choice_that_has_to_wait_is_told_so(page: Page) -> None:
    page.asking.chat = SimpleNamespace(instead=lambda *_: iter(()))  # type: ignore[assignment]
    (told,) = page.asking.instead(held(page), event(query="count"))
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
    *_, last = page.asking.clicked(held(page), event(query="count"))
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
    made = [page.browse.refresh("b" * 32, "de", "claims")[page.layout.rows]]
    made += page.browse.filter(held(page, dataset="claims"))
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
