"""From an utterance to a parse with a reader that knows the operation: masking, several operations, queries typed as such."""

import pytest

from core.dialogue import Call, Span, Utterance
from core.errors import UserError
from parsers.notation.canonical import read, write
from parsers.prompting.examples import examples, kind_of
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import compose, parse
from parsers.rules.understanding import understand
from tests.parsing import CLAIMS, PARSES, REVIEWS, Oracle


@pytest.mark.parametrize("row", PARSES, ids=[row["text"] for row in PARSES])
def test_rules_fill_every_row_once_the_operation_is_known(row: dict[str, str]) -> None:
    gold = read(row["parse"])
    seen = understand(Utterance(row["text"], row["lang"]), REVIEWS)
    assert write(compose(seen, [kind_of(call) for call in gold.calls], 1.0, "rules")) == row["parse"]


def test_rows_cover_twelve_languages() -> None:
    assert {row["lang"] for row in PARSES} >= {"en", "de", "es", "ru", "zh", "te", "fr", "ar", "tr", "hi", "sw", "ja"}


def test_the_reader_sees_neither_numbers_nor_own_texts() -> None:
    oracle = Oracle(Call("predict"))
    parse(Utterance('What about 12 and "predict nothing at all"?'), REVIEWS, oracle, "oracle")
    assert oracle.asked == ['What about 0 and "[…]"?']


def test_confidence_and_alternatives() -> None:
    found = parse(
        Utterance("review 12 please"),
        REVIEWS,
        Oracle(Call("show"), Call("predict"), Call("labels"), probability=0.3),
        "oracle",
    )
    assert (write(found), found.confidence, found.parser) == ("show where id = 12", 0.3, "oracle")
    assert [write(one) for one in found.alternatives] == ["predict where id = 12", "labels"]


@pytest.mark.parametrize("text", ["attribute(k=3) where id = 12", "filter id 12 and nlpattribute topk 3 default [E]"])
def test_queries_are_read_as_such(text: str) -> None:
    found = parse(Utterance(text), REVIEWS, Oracle(Call("none")), "oracle")
    assert (write(found), found.confidence) == ("attribute(k=3) where id = 12", 1.0)


def test_several_operations_need_a_sure_reading_of_each_part() -> None:
    class ByWord:
        def read(self, requests: list[str]) -> list[list[Guess]]:
            return [[Guess(Call("predict" if "redict" in text else "attribute"), 0.8)] for text in requests]

    found = parse(Utterance("Predict id 3 and explain why"), REVIEWS, ByWord(), "by word")
    assert write(found) == "predict; attribute where id = 3"
    assert (
        write(parse(Utterance("Predict ids 3 and 5"), REVIEWS, ByWord(), "by word")) == "predict where id = 3 or id = 5"
    )


def test_form_fields_are_own_texts() -> None:
    utterance = Utterance(
        "Which label?", fields=(("claim", "Paris is small"), ("evidence", "It has two million people."))
    )
    found = parse(utterance, CLAIMS, Oracle(Call("predict")), "oracle")
    assert write(found) == 'predict on claim = "Paris is small", evidence = "It has two million people."'


def test_given_spans_replace_the_rules() -> None:
    text = "what about the room was dirty"
    found = parse(Utterance(text), REVIEWS, Oracle(Call("predict")), "oracle", [Span("the room was dirty", 11, 29)])
    assert write(found) == 'predict on "the room was dirty"'


def test_an_empty_message_is_refused_and_a_long_one_read() -> None:
    with pytest.raises(UserError) as caught:
        parse(Utterance(" \n "), REVIEWS, Oracle(Call("none")), "oracle")
    assert caught.value.kind == "empty_message"
    text = ("slow " * 4_000).strip()  # POLYLENS_MAX_CHARACTERS may allow so many
    found = parse(Utterance(f"Why is “{text}” negative?"), REVIEWS, Oracle(Call("attribute")), "oracle")
    assert found.custom[0].text == text


def test_demonstrations_hide_numbers_and_texts() -> None:
    known = {example.text: example.call for example in examples()}
    assert known["What does the model say about id 0?"] == Call("predict")
    assert known['Which label does it give "[…]"?'] == Call("predict")
    assert known["How many mistakes does the model make?"] == Call("mistakes", (("kind", "count"),))
    assert len(known) > 60


def test_a_word_that_names_an_operation_backs_a_possible_reading() -> None:
    class Torn:
        def read(self, requests: list[str]) -> list[list[Guess]]:
            return [[Guess(Call("likelihood"), 0.5), Guess(Call("predict"), 0.3)] for _ in requests]

    found = parse(Utterance("Predict id 3, and then also, how sure is it?"), REVIEWS, Torn(), "torn")
    assert (write(found), found.confidence) == ("predict; likelihood where id = 3", 0.5)


def test_two_offered_labels_ask_for_the_answer_unless_one_is_set_aside() -> None:
    def made(text: str, probability: float) -> str:
        oracle = Oracle(Call("counterfactual"), Call("predict"), probability=probability)
        return parse(Utterance(text), REVIEWS, oracle, "oracle").calls[0].operation

    assert made('"too loud and too late": positive or negative?', 0.6) == "predict"
    assert made('"too loud and too late": from negative to positive', 0.95) == "counterfactual"
    assert made('"too loud and too late": positive rather than negative', 0.6) == "counterfactual"


def test_a_stretch_that_no_operation_takes_is_a_part_of_the_request() -> None:
    text = "reviews that mention both battery and screen"
    start = text.index("both")
    taken = (Span(text[start:], start, len(text)),)
    found = parse(Utterance(text), REVIEWS, Oracle(Call("show")), "oracle", taken)
    assert write(found) == 'show where includes("battery") and includes("screen")'
    kept = parse(Utterance(text), REVIEWS, Oracle(Call("predict")), "oracle", taken)
    assert kept.custom == taken


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "which words make 12 negative"),
        ("de", "welche Wörter machen die 12 negativ"),
        ("zh", "哪些词让12变成负面"),
    ],
)
def test_the_words_that_make_one_instance_so_are_not_those_of_the_data(language: str, text: str) -> None:
    found = parse(Utterance(text, language), REVIEWS, Oracle(Call("attribute")), "oracle")
    assert write(found) == "attribute where id = 12"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Is the accuracy of the 4-bit model still the same?", "score(metric=accuracy, precision=bnb-nf4)"),
        ("does the 4-bit model still make as many mistakes?", "mistakes(kind=sample, precision=bnb-nf4)"),
    ],
)
def test_scores_are_compared_over_the_data(text: str, query: str) -> None:
    assert write(parse(Utterance(text), REVIEWS, Oracle(Call("compare")), "oracle")) == query
