"""What can be done with a turn: links, code, asking again, pins and ratings; the list of questions; what a link brings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.registries import discover_all
from agent.replying.ask import say_error
from agent.sessions.feedback import A_MINUTE, Feedback, Rating, latest
from agent.sharing.reopen import BETWEEN, MOST, checked, link_of, links, reopened
from agent.state import ANSWERED, ASKED, FAILED, Answer, Message, Turn
from core.blocks import Text
from core.data import Schema
from core.dialogue import Parse, Reply, Request
from core.errors import UserError
from core.explanations import Card
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.settings import Settings
from tests.markup_reader import Page, read
from tests.tiny import tiny_dataset
from ui.actions import Marks, actions
from ui.history import history
from ui.keeping import marks
from ui.turns import conversation, keyed, running

discover_all()
REQUEST = Request("attribute", (("k", 3),), custom=(("text", "Tea & <b>milk</b>"),), dataset="tiny", model="tiny")
ANSWER = Answer(REQUEST, Card(()), Faithfulness(NOT_APPLICABLE))
MESSAGE = Message("Why “Tea & <b>milk</b>”?")
TURN = Turn(MESSAGE, ANSWERED, Reply((Text("Because."),), parse="attribute on “Tea”"), answers=(ANSWER,), seconds=1.5)


NOTHING = Marks()


def made(turn: Turn, given: Marks = NOTHING) -> Page:
    return read(actions(turn, "k1", "en", given))


def attribute(page: Page, name: str) -> list[str | None]:
    return [element.attributes[name] for element in page.elements if name in element.attributes]


def test_an_answer_can_be_copied_shared_asked_again_and_edited() -> None:
    page = made(TURN)
    assert attribute(page, "data-copy")[0] == "Because."
    assert attribute(page, "data-link") == [f"?ask={link_of([REQUEST])}"]
    assert attribute(page, "data-say") == [MESSAGE.text] and attribute(page, "data-query") == [TURN.reply.parse]
    assert attribute(page, "data-edit") == [MESSAGE.text]
    assert "attribute" in page.all("code-block")[0].text and "python -m jobs ask" in page.all("code-block")[1].text
    assert all(button.attributes.get("aria-label") for button in page.all("act"))


def test_a_text_that_no_address_could_hold_has_a_program_alone() -> None:
    long = replace(ANSWER, request=replace(REQUEST, custom=(("text", "x" * 101_000),)))
    page = made(replace(TURN, answers=(long,)))
    (code,) = page.all("code-block")
    assert "polylens" in code.text and not attribute(page, "data-link") and not attribute(page, "data-rate")


def test_what_did_not_work_has_no_link_and_no_rating() -> None:
    page = made(Turn(MESSAGE, FAILED, Reply((Text("No."),))))
    assert not attribute(page, "data-link") and not attribute(page, "data-rate") and not page.all("code-block")
    assert attribute(page, "data-say") == [MESSAGE.text] and attribute(page, "data-query") == []


def test_a_form_that_failed_cannot_be_asked_again_without_its_texts() -> None:
    form = replace(MESSAGE, fields=(("claim", "a"), ("evidence", "b")))
    assert not attribute(made(Turn(form, FAILED, Reply((Text("No."),)))), "data-say")


def test_pins_and_ratings_show_as_pressed() -> None:
    page = made(TURN, Marks(frozenset({"k1"}), {"k1": {"clear": -1}}))
    pressed = [element.attributes for element in page.elements if element.attributes.get("aria-pressed") == "true"]
    assert [(one.get("data-pin"), one.get("data-rate"), one.get("data-way")) for one in pressed] == [
        ("k1", None, None),
        (None, "clear", "-1"),
    ]


def test_keys_stay_over_reloads_and_tell_repeated_turns_apart() -> None:
    other = replace(TURN, seconds=2.0)
    first = [key for key, _ in keyed([TURN, other, TURN])]
    assert len(set(first)) == 3 and first[2] == f"{first[0]}-2"
    assert [key for key, _ in keyed([TURN])] == first[:1]


def test_questions_are_listed_newest_first_and_pinned_before_all() -> None:
    turns = [(f"k{n}", replace(TURN, message=Message(f"question {n}"), outcome=ASKED)) for n in range(3)]
    page = read(history(turns, Marks(frozenset({"k0"})), "en", Message("question 3")))
    assert [one.text for one in page.all("past-text")] == ["question 0", "question 3", "question 2", "question 1"]
    assert attribute(page, "data-goto") == ["turn-k0", "turn-k2", "turn-k1"]
    assert attribute(page, "data-export") == ["html", "markdown", "jsonl", "notebook"]
    assert history([], Marks(), "en") == ""


def test_a_turn_says_which_data_its_buttons_ask_about() -> None:
    own = replace(TURN, message=replace(MESSAGE, dataset="claims"))
    shown = read(conversation([("k", own)], "en", {}.get, NOTHING) + running(own.message, "Working", 0.5, "en"))
    assert [turn.attributes["data-of"] for turn in shown.all("turn")] == ["claims", "claims"]


def test_a_turn_says_in_which_language_its_buttons_ask() -> None:
    """ "Tell me in German …", asked again or changed, is answered in German again; the query itself says no language."""
    said = replace(TURN, parse=Parse((), language="de"))
    chosen = replace(said, message=replace(MESSAGE, language="te"))
    shown = read(conversation([("a", said), ("b", chosen), ("c", TURN)], "en", {}.get, NOTHING)).all("turn")
    assert [turn.attributes.get("data-language") for turn in shown] == ["de", "te", None]


def test_a_comparison_of_two_models_keeps_the_first_one() -> None:
    """Its query names the second one alone; with the selected model in its place another pair would be compared."""
    compared = Request("compare", (("model", "b"),), ids=(3,), model="a")
    turns = [replace(TURN, answers=(replace(ANSWER, request=one),)) for one in (compared, replace(compared, slots=()))]
    shown = read(conversation([("a", turns[0]), ("b", turns[1])], "en", {}.get, NOTHING)).all("turn")
    assert [turn.attributes.get("data-model") for turn in shown] == ["a", None]
    live = read(running(replace(MESSAGE, model="a"), "Working", 0.5, "en")).all("turn")
    assert live[0].attributes["data-model"] == "a"


def test_what_is_about_the_conversation_itself_has_no_link_and_no_code() -> None:
    past = replace(TURN, answers=(replace(ANSWER, request=Request("history")),))
    assert not attribute(made(past), "data-link") and not made(past).all("code-block")
    both = replace(TURN, answers=(ANSWER, *past.answers))
    assert attribute(made(both), "data-link") == [f"?ask={link_of([REQUEST])}"]


def test_a_link_that_cannot_be_read_has_nothing_to_edit() -> None:
    broken = Turn(Message(link="1abc"), FAILED, Reply((Text("No."),)))
    assert not attribute(made(broken), "data-edit")
    assert not read(conversation([("k", broken)], "en", {}.get, NOTHING)).all("said")


def test_labels_are_in_the_words_of_the_data_that_each_turn_was_about() -> None:
    words = {"claims": ("supported", "belegt"), "reviews": ("positive", "positiv")}
    schemas = {
        name: Schema(name, ("text",), (label,), label_words=((label, (("de", word),)),))
        for name, (label, word) in words.items()
    }
    turns = []
    for name, (label, _) in words.items():
        answer = replace(ANSWER, request=replace(REQUEST, slots=(("label", label),), dataset=name))
        turns.append((name, replace(TURN, message=replace(MESSAGE, dataset=name), answers=(answer,))))
    lines = [one.text for one in read(conversation(turns, "de", schemas.get, NOTHING)).all("understood-line")]
    assert "Label: belegt" in lines[0] and "Label: positiv" in lines[1]


def test_a_turn_from_a_link_says_so() -> None:
    linked = replace(TURN, message=Message(link=link_of([REQUEST])))
    shown = [read(conversation([("k", one)], "de", {}.get, Marks())).all("from") for one in (linked, TURN)]
    assert [one.text for one in shown[0]] == ["Aus einem geteilten Link"] and shown[1] == []


def test_a_link_brings_every_request_back() -> None:
    second = Request("predict", ids=(4,), dataset="tiny", model="tiny", seed=7)
    assert reopened(link_of([REQUEST, second])) == (REQUEST, second)
    ten = [replace(second, operation=name, ids=(number,)) for name in ("predict", "attribute") for number in range(5)]
    assert reopened(link_of(ten)) == tuple(ten)


def test_a_link_is_about_one_data_set_and_not_endless() -> None:
    other = replace(REQUEST, dataset="claims")
    assert link_of([REQUEST, other]) == link_of([REQUEST] * (MOST + 1)) == ""
    assert [reopened(link) for link in links([REQUEST, other, other])] == [(REQUEST,), (other, other)]
    assert [len(reopened(link)) for link in links([REQUEST] * (MOST + 1))] == [MOST, 1]
    with pytest.raises(UserError, match="bad_link"):
        reopened(BETWEEN.join(links([REQUEST, other])))


@pytest.mark.parametrize("link", ["", "1abc", "~", "1~1", "x" * 70_000, "~".join(["1"] * 99)])
def test_a_bad_link_is_refused(link: str) -> None:
    with pytest.raises(UserError, match="bad_link"):
        reopened(link)


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (replace(REQUEST, slots=(("method", "magic"),)), "unknown_method"),
        (replace(REQUEST, custom=(("text", "x" * 20_000),)), "too_long"),
        (replace(REQUEST, custom=(), ids=(9_999,)), "unknown_instance"),
        (replace(REQUEST, custom=(("text", " "),)), "missing_field"),
    ],
)
def test_what_a_link_asks_is_checked(request_: Request, kind: str) -> None:
    data = tiny_dataset(4)
    assert checked([REQUEST], data, Settings()) == (REQUEST,)
    with pytest.raises(UserError, match=kind):
        checked([request_], data, Settings())


def test_ratings_are_kept_with_the_link_and_no_other_text(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.rate("one", "k", "1abc", "clear", 1)
    feedback.rate("one", "k", "1abc", "correct", 1)
    feedback.rate("one", "k", "1abc", "clear", -1)
    feedback.rate("one", "k", "1abc", "correct", 0)
    feedback.remark("one", "k", "1abc", "  ")
    feedback.remark("one", "k", "1abc", "Too short.")
    with feedback.file.open("a") as file:
        file.write("no line of ours\n")
    assert len(list(feedback.read())) == 5
    kept = [(one.axis, one.way, one.remark) for one in latest(feedback.read())]
    assert kept == [("clear", -1, ""), ("", 0, "Too short.")]
    assert set(Rating.__dataclass_fields__) == {"at", "turn", "link", "axis", "way", "remark"}


def test_rating_again_replaces_and_another_visitor_does_not(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    for session, way in (("one", 1), ("one", -1), ("two", 1), ("one", -1)):
        feedback.rate(session, "k", "1abc", "clear", way)
    for _ in range(2):
        feedback.remark("one", "k", "1abc", "Too short.")
    kept = latest(Feedback(tmp_path).read())
    assert sorted((one.axis, one.way) for one in kept) == [("", 0), ("clear", -1), ("clear", 1)]
    assert "one" not in {one.turn for one in kept} and len({one.turn for one in kept}) == 2


def test_so_many_ratings_a_minute_and_the_sentence_says_how_long_to_wait(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    for _ in range(A_MINUTE):
        feedback.rate("one", "k", "1abc", "clear", 1)
    with pytest.raises(UserError) as refused:
        feedback.remark("one", "k", "1abc", "Too short.")
    feedback.rate("two", "k", "1abc", "clear", 1)
    assert refused.value.kind == "too_many_ratings" and len(list(feedback.read())) == A_MINUTE + 1
    for language in complete():
        assert refused.value.facts["seconds"] in say_error(refused.value, language)


@pytest.mark.parametrize(("axis", "way", "link"), [("taste", 1, "1"), ("clear", 7, "1"), ("clear", 1, "1" * 70_000)])
def test_what_is_no_rating_is_refused(tmp_path: Path, axis: str, way: int, link: str) -> None:
    with pytest.raises(UserError, match="bad_record"):
        Feedback(tmp_path).rate("one", "k", link, axis, way)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="feedback_unwritable"):
        Feedback(tmp_path / "missing").rate("one", "k", "1", "clear", 1)


def test_what_a_browser_sends_is_taken_with_care() -> None:
    kept = marks({"pins": ["a", 5], "rated": {"a": {"clear": 1, "taste": 1, "helpful": 9}, "b": "x"}})
    assert kept == Marks(frozenset({"a", "5"}), {"a": {"clear": 1}})
    assert marks({"pins": "abc", "rated": [1]}) == Marks()
