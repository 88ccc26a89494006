"""The data viewer: search, filters and pages, and what a click asks."""

from __future__ import annotations

import time
import unicodedata

from core.data import Dataset, Instance, Schema
from tests.markup_reader import read
from ui.viewer import PAGE, RIGHT, WRONG, Wish, label_choices, language_choices, matching, split_choices, view

SCHEMA = Schema(
    name="reviews",
    fields=("text",),
    labels=("negative", "positive"),
    label_words=(("negative", (("de", "negativ"), ("en", "negative"))),),
)


def row(number: int, text: str, label: str = "negative", language: str = "en", split: str = "test") -> Instance:
    return Instance((("text", text),), number, label, language, split)


ROWS = (
    row(0, "The battery died"),
    row(1, "Der Akku ist leer", language="de"),
    row(12, "Battery fine, screen fine", "positive", split="train"),
)
DATA = Dataset(SCHEMA, ROWS)


def ids(wish: Wish) -> list[int | None]:
    return [found.id for found in matching(DATA, wish)]


def test_search_needs_every_word_in_any_case() -> None:
    assert ids(Wish(search="battery")) == [0, 12]
    assert ids(Wish(search="FINE battery")) == [12]
    assert ids(Wish(search="engine")) == []


def test_search_finds_ids_in_any_digits() -> None:
    assert ids(Wish(search="12")) == [12]
    assert ids(Wish(search=" ౧౨ ")) == [12]
    assert ids(Wish(search="9" * 400)) == []


def test_a_search_in_decomposed_form_finds_the_same() -> None:
    data = Dataset(SCHEMA, (row(0, "Müller im Café"), row(1, "Muller")))
    found = matching(data, Wish(search=unicodedata.normalize("NFD", "MÜLLER café")))
    assert [one.id for one in found] == [0]


def test_filters_combine() -> None:
    assert ids(Wish(label="negative")) == [0, 1]
    assert ids(Wish(label="negative", language="de")) == [1]
    assert ids(Wish(split="train", label="negative")) == []


def test_mistakes_are_told_from_what_is_right_and_from_what_nobody_asked() -> None:
    said = {0: "positive", 12: "positive"}
    assert [found.id for found in matching(DATA, Wish(answers=WRONG), said)] == [0]
    assert [found.id for found in matching(DATA, Wish(answers=RIGHT), said)] == [12]
    page = read(view(DATA, Wish(answers=WRONG), "de", said))
    assert [one.text for one in page.all("says")] == ["Das Modell sagt: positive"]


def test_rows_come_in_the_order_asked_for() -> None:
    assert ids(Wish(order="shortest")) == [0, 1, 12] and ids(Wish(order="longest")) == [12, 1, 0]
    assert ids(Wish(order="newest")) == [12, 1, 0] and ids(Wish(order="by_label")) == [0, 1, 12]
    assert ids(Wish(order="nonsense")) == [0, 1, 12]


def test_a_page_of_many_rows_comes_at_once() -> None:
    """100,000 rows took 0.1 s on an idle machine; the limit leaves room for a busy one."""
    many = Dataset(SCHEMA, tuple(row(number, f"the text number {number} about a battery") for number in range(100_000)))
    began = time.process_time()
    assert "99999" in view(many, Wish(search="battery 99999", order="longest"), "en")
    assert time.process_time() - began < 1.0


def test_choices_are_what_the_data_hold_in_the_page_language() -> None:
    assert label_choices(DATA, "de") == [("alle", ""), ("negativ", "negative"), ("positive", "positive")]
    assert language_choices(DATA, "en") == [("all", ""), ("English", "en"), ("Deutsch", "de")]
    assert split_choices(DATA, "en") == [("all", ""), ("test", "test"), ("training", "train")]


def test_a_row_asks_about_its_id() -> None:
    page = read(view(DATA, Wish(search="screen"), "de"))
    button = page.all("ask")[0]
    assert button.attributes["data-query"] == "attribute where id = 12"
    assert page.all("row-text")[0].attributes["lang"] == "en"
    assert page.all("meta")[0].text == "English · Training"


def test_rows_say_which_data_they_are_asked_about() -> None:
    (shown,) = read(view(DATA, Wish(), "de", of="reviews")).all("viewer")
    assert shown.attributes["data-of"] == "reviews"


def test_the_columns_are_named_in_the_page_language() -> None:
    titles = [read(view(DATA, Wish(), language)).all("sr-only")[0].text for language in ("de", "te")]
    assert titles[0].startswith("ID") and titles[1].startswith("ఐడి")


def test_pages_hold_twenty_rows_and_stay_in_range() -> None:
    many = Dataset(SCHEMA, tuple(row(number, f"text {number}") for number in range(2 * PAGE + 1)))
    for asked, first, last in (
        (0, 1, PAGE),
        (1, PAGE + 1, 2 * PAGE),
        (2, 2 * PAGE + 1, 2 * PAGE + 1),
        (99, 41, 41),
        (-1, 1, 20),
    ):
        page = read(view(many, Wish(page=asked), "en"))
        assert page.all("shown")[0].text == f"{first}–{last} of {2 * PAGE + 1}"
        assert len(page.all("ask")) == last - first + 1
    before, after = read(view(many, Wish(page=2), "en")).all("turn-page")
    assert "disabled" not in before.attributes and "disabled" in after.attributes
    assert before.attributes["data-page"] == "1"


def test_nothing_found_says_what_would_work() -> None:
    assert read(view(DATA, Wish(search="engine"), "en")).text.startswith("No row fits.")


def test_two_fields_are_both_shown_and_named() -> None:
    schema = Schema("claims", ("claim", "evidence"), ("supported",))
    data = Dataset(schema, (Instance((("claim", "It rains"), ("evidence", "A wet street")), 3, "supported"),))
    page = read(view(data, Wish(), "de"))
    assert [name.text for name in page.all("own-name")] == ["Behauptung", "Beleg"]
    assert [text.text for text in page.all("row-text")] == ["It rains", "A wet street"]


def test_right_to_left_rows_say_so() -> None:
    data = Dataset(SCHEMA, (row(5, "نفدت البطارية", language="ar"),))
    assert read(view(data, Wish(), "en")).all("row-text")[0].attributes["dir"] == "rtl"
