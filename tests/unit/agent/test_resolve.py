"""From a reading to requests: instances, slots, follow-ups, and questions back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.resolving.query import of_request
from agent.resolving.resolve import ACT, SURE, named, resolve
from agent.resolving.situation import Situation
from agent.state import Copy, Memory, Message
from core.data import Dataset, Instance, Schema
from core.dialogue import Alteration, Clarification, Parse, Request
from core.errors import UserError
from core.filters import And, ById, ByLabel, ByPrediction, Includes, Or, Previous
from core.settings import Settings
from parsers.notation.canonical import read, write

SCHEMA = Schema("soup", ("text",), ("negative", "positive"), label_words=(("positive", (("de", "positiv"),)),))
DATA = Dataset(SCHEMA, tuple(Instance((("text", f"soup {n}"),), n, "negative", "en", "test") for n in range(9)))

NEW, ASKED = Memory(), Message("?")


def situation(memory: Memory = NEW, message: Message = ASKED, data: Dataset = DATA) -> Situation:
    return Situation(message, memory, data, Settings(dataset="soup"), "en")


def one(query: str, memory: Memory = NEW) -> Request:
    settled = resolve(read(query), situation(memory))
    assert isinstance(settled, tuple) and len(settled) == 1
    return settled[0]


def test_an_id_and_checked_slots() -> None:
    made = one("attribute(k=3, method=occlusion) where id = 4")
    assert made.ids == (4,) and dict(made.slots) == {"k": 3, "method": "occlusion"}
    assert (made.dataset, made.model, made.seed) == ("soup", "e5-small", 0)


def test_a_label_in_another_language_is_made_canonical() -> None:
    assert one("attribute(label=positiv) where id = 4").slot("label") == "positive"


def test_an_own_text_wins_over_an_id() -> None:
    parse = read('predict on "cold soup" where id = 4')
    settled = resolve(parse, situation())
    assert isinstance(settled, tuple) and settled[0].custom == (("text", "cold soup"),) and settled[0].ids == ()


def test_several_ids_become_one_explanation_each_but_one_table_of_predictions() -> None:
    settled = resolve(read("attribute where id = 3 or id = 5"), situation())
    assert isinstance(settled, tuple) and [request.ids for request in settled] == [(3,), (5,)]
    assert one("predict where id = 3 or id = 5").ids == (3, 5)


def test_several_operations() -> None:
    settled = resolve(read("predict; attribute where id = 3"), situation())
    assert isinstance(settled, tuple) and [request.operation for request in settled] == ["predict", "attribute"]


def test_a_filter_goes_along() -> None:
    assert one('count where includes("soup")').where == Includes("soup")


def test_the_instance_of_the_turn_before_is_meant_when_none_is_named() -> None:
    assert one("attribute", Memory(ids=(7,), dataset="soup")).ids == (7,)
    assert one("attribute", Memory(custom=(("text", "mine"),))).custom == (("text", "mine"),)


def test_an_instance_of_another_data_set_is_not_meant() -> None:
    settled = resolve(read("attribute"), situation(Memory(ids=(7,), dataset="other")))
    assert isinstance(settled, Clarification) and settled.reason == "which_instance"
    assert [choice.where for choice in settled.choices] == [ById(0), ById(1), ById(2)]


def test_the_same_with_another_method_or_id() -> None:
    before = Memory((one("attribute(k=3) where id = 4"),), (4,), dataset="soup")
    assert of_request((one("same(method=occlusion)", before),)) == "attribute(k=3, method=occlusion) where id = 4"
    assert of_request((one("same where id = 6", before),)) == "attribute(k=3) where id = 6"


def test_the_same_for_an_own_text() -> None:
    before = Memory((Request("attribute", custom=(("text", "mine"),)),), custom=(("text", "mine"),))
    assert one("same(k=2)", before).custom == (("text", "mine"),)


def test_the_same_does_not_carry_ids_into_other_data() -> None:
    asked = Request("attribute", (("k", 3),), ids=(7,), dataset="other")
    settled = resolve(read("same(method=lime)"), situation(Memory((asked,), (7,), dataset="other")))
    assert isinstance(settled, Clarification) and settled.reason == "which_instance"
    assert write(settled.choices[0]) == "attribute(k=3, method=lime) where id = 0"
    among = replace(asked, operation="count", slots=(), ids=(), where=Or((ById(7), ById(8))))
    assert isinstance(resolve(read("same"), situation(Memory((among,), dataset="other"))), Clarification)
    wide = replace(among, where=Includes("soup"))
    assert one("same", Memory((wide,), dataset="other")).where == Includes("soup")
    assert one("same where id = 2", Memory((asked,), (7,), dataset="other")).ids == (2,)


def test_those_are_named_in_the_request() -> None:
    few = Memory(matched=(3, 5), dataset="soup")
    assert one("count where previous", few).where == Or((ById(3), ById(5)))
    many = Memory(dataset="soup", fitting=ByPrediction("negative"))
    asked = one("count where previous and label = positive", many)
    assert asked.where == And((ByLabel("positive"), ByPrediction("negative"))) and asked.split == "test"
    assert one("count where previous", replace(few, dataset="other")).where == Previous(), "ids of other data"


def test_those_are_the_rows_of_the_answer_before_in_whatever_split_they_stand() -> None:
    few = Memory(matched=(3, 5), dataset="soup")
    assert one("predict where previous", few).ids == (3, 5)
    settled = resolve(read("attribute where previous"), situation(few))
    assert isinstance(settled, tuple) and [request.ids for request in settled] == [(3,), (5,)]
    narrowed = one("predict where previous and label = positive", few)
    assert narrowed.where == And((ByLabel("positive"), Or((ById(3), ById(5))))) and narrowed.split == ""


def test_a_filter_tells_those_where_it_would_find_the_same() -> None:
    tested = Memory(matched=(3, 5), dataset="soup", fitting=ByLabel("negative"), split="test")
    assert one("mistakes where previous", tested).where == ByLabel("negative")
    assert one("count where previous", tested).where == Or((ById(3), ById(5))), "training rows are no part of them"
    shown = replace(tested, split="")
    assert one("count where previous", shown).where == ByLabel("negative")
    assert one("predict where previous", shown).ids == (3, 5)


def test_instances_are_counted_by_their_ids_and_as_those() -> None:
    seven = Memory(matched=tuple(range(7)), dataset="soup")
    for query in ("attribute where previous", f"attribute where {' or '.join(f'id = {n}' for n in range(7))}"):
        settled = resolve(read(query), situation(seven))
        assert isinstance(settled, tuple) and len(settled) == 5
        assert named(read(query), settled, situation(seven)) == 7
    assert named(read("labels"), (one("labels"),), situation(seven)) == 0


def test_a_slot_that_is_asked_back_keeps_the_filter() -> None:
    settled = resolve(read('edit_label where includes("soup")'), situation(Memory(ids=(7,), dataset="soup")))
    assert isinstance(settled, Clarification) and settled.reason == "which_label"
    assert [write(choice) for choice in settled.choices] == [
        f'edit_label(label={label}) where includes("soup")' for label in ("negative", "positive")
    ]


def test_another_file_of_a_name_begins_without_changes_it_and_those() -> None:
    changed = (Copy("soup", "e5-small", (Alteration("edit_label", 3, "positive"),)), Copy("stew", "e5-small", ()))
    before = Memory((Request("predict"),), ids=(3,), custom=(("text", "mine"),), matched=(3,), dataset="soup")
    before = replace(before, copies=changed, reader="novice").on("soup", "old")
    assert before.on("soup", "old") == before
    after = before.on("soup", "new")
    assert after == Memory(
        custom=(("text", "mine"),), dataset="soup", copies=changed[1:], reader="novice", revisions=(("soup", "new"),)
    )
    assert before.on("stew", "new").ids == (3,) and before.on("stew", "1").on("stew", "2").copies == changed[:1]


def test_the_same_as_nothing_is_asked_back() -> None:
    settled = resolve(read("same(k=2)"), situation())
    assert isinstance(settled, Clarification) and settled.reason == "nothing_before"


def test_another_reader_gets_the_reasons_in_words_or_how_such_an_answer_is_read() -> None:
    asked = one("attribute(k=3) where id = 4")
    assert (
        of_request((one("same(audience=novice)", Memory(told=(asked,))),))
        == "rationalize(audience=novice) where id = 4"
    )
    small = Memory(told=(one("attribute(precision=rtn4) where id = 4"),))
    assert (
        of_request((one("same(audience=novice)", small),))
        == "rationalize(audience=novice, precision=rtn4) where id = 4"
    )
    accuracy = Memory((asked,), told=(one("score(metric=f1)"),))
    assert of_request((one("same(audience=expert)", accuracy),)) == "tutorial(audience=expert, topic=score)"
    lesson = Memory((asked,), told=(one("tutorial(topic=attribute)"),))
    assert of_request((one("same(audience=novice)", lesson),)) == "tutorial(audience=novice, topic=attribute)"


def test_the_reader_stays_until_another_is_named() -> None:
    novice = Memory(ids=(4,), dataset="soup", reader="novice")
    assert one("rationalize", novice).slot("audience") == "novice"
    assert one("rationalize(audience=expert)", novice).slot("audience") == "expert"
    assert one("attribute", novice).slots == ()


def test_low_confidence_offers_the_readings_that_can_be_carried_out() -> None:
    sure, unsure = read("count"), read("labels")
    parse = Parse(unsure.calls, confidence=ACT / 2, alternatives=(sure, read("none")))
    settled = resolve(parse, situation())
    assert isinstance(settled, Clarification) and settled.reason == "unsure"
    assert [choice.calls[0].operation for choice in settled.choices] == ["labels", "count"]


def test_two_readings_that_look_alike_are_offered_once() -> None:
    alternatives = tuple(map(read, ("score(metric=f1)", "count", "score(metric=roc)")))
    settled = resolve(Parse(read("none").calls, alternatives=alternatives), situation())
    assert isinstance(settled, Clarification)
    assert [choice.calls[0].slot("metric") for choice in settled.choices] == ["f1", None]


def test_a_form_with_two_fields_is_the_own_text() -> None:
    schema = Schema("facts", ("claim", "evidence"), ("supported", "refuted"))
    message = Message("?", fields=(("evidence", "E"), ("claim", "C")))
    settled = resolve(read("predict"), situation(message=message, data=Dataset(schema, ())))
    assert isinstance(settled, tuple) and settled[0].custom == (("claim", "C"), ("evidence", "E"))


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("attribute where id = 99", "unknown_instance"),
        ("attribute(method=lime_) where id = 1", "unknown_method"),
        ("attribute(k=0) where id = 1", "out_of_range"),
        ("attribute(label=funny) where id = 1", "unknown_label"),
    ],
)
def test_what_cannot_be_is_said(query: str, kind: str) -> None:
    with pytest.raises(UserError) as refused:
        resolve(read(query), situation())
    assert refused.value.kind == kind


def test_a_request_written_and_read_is_the_same_question() -> None:
    made = Request("predict", custom=(("text", 'He said "no" \\ {x}'),))
    assert read(of_request((made,))).custom[0].text == 'He said "no" \\ {x}'


def asked_back(query: str | Parse, memory: Memory = NEW) -> Clarification:
    settled = resolve(read(query) if isinstance(query, str) else query, situation(memory))
    assert isinstance(settled, Clarification)
    return settled


def test_a_text_of_ones_own_never_gives_way_to_it() -> None:
    it = Memory(ids=(7,), dataset="soup")
    labelled = asked_back('learn on "cold soup"', it)
    assert [write(choice) for choice in labelled.choices] == [
        f'edit_label(label={label}) on "cold soup"' for label in ("negative", "positive")
    ]
    assert labelled.reason == "which_label"
    forgotten = asked_back('unlearn on "cold soup"', it)
    assert forgotten.reason == "unlearn_own" and write(forgotten.choices[0]) == "undo"
    assert asked_back('show on "cold soup"', it).reason == "rows_only"


def test_several_ids_and_operations_change_nothing_on_a_guess() -> None:
    asked = asked_back("edit_label(label=positive); show where id = 3 or id = 5")
    assert asked.reason == "which_change" and [write(choice) for choice in asked.choices] == [
        f"edit_label(label=positive) where id = {number}" for number in (3, 5)
    ]
    one_text = resolve(read("edit_label(label=positive); show where id = 3"), situation())
    all_of_them = resolve(read("edit_label(label=positive) where id = 3 or id = 5"), situation())
    assert isinstance(one_text, tuple) and isinstance(all_of_them, tuple) and len(all_of_them) == 2


def test_a_change_takes_a_surer_reading_than_a_look() -> None:
    between = (ACT + SURE) / 2
    changed = Memory(copies=(Copy("soup", "e5-small", (Alteration("learn", 3),)),))
    asked = asked_back(replace(read("undo"), confidence=between), changed)
    assert asked.reason == "unsure" and write(asked.choices[0]) == "undo"
    assert isinstance(resolve(replace(read("count"), confidence=between), situation()), tuple)
    assert one("undo", changed).changes


def test_the_same_again_repeats_no_change_of_the_same_text() -> None:
    learned = Memory((one("learn where id = 4"),), ids=(4,), dataset="soup")
    assert of_request((one("same", learned),)) == "predict where id = 4"
    assert of_request((one("same(precision=rtn4)", learned),)) == "predict(precision=rtn4) where id = 4"
    assert of_request((one("same where id = 6", learned),)) == "learn where id = 6"
    edited = Memory((one("edit_label(label=positive) where id = 4"),), ids=(4,), dataset="soup")
    assert of_request((one("same(label=negative)", edited),)) == "edit_label(label=negative) where id = 4"


def test_what_the_last_question_cannot_take_is_asked_of_its_reasons_or_asked_back() -> None:
    predicted = Memory((one("predict where id = 4"),), ids=(4,), dataset="soup")
    assert of_request((one("same(method=lime)", predicted),)) == "attribute(method=lime) where id = 4"
    assert of_request((one("same(k=3)", predicted),)) == "attribute(k=3) where id = 4"
    counted = Memory((one("count"),), dataset="soup")
    assert asked_back("same(method=lime)", counted).reason == "unsure"
    both = replace(predicted, requests=(one("count"), *predicted.requests))
    assert of_request((one("same(precision=rtn4)", both),)) == "predict(precision=rtn4) where id = 4"


def test_a_kept_label_gives_way_to_a_new_one() -> None:
    against = Memory((one("attribute(contrast=positive, label=negative) where id = 4"),), ids=(4,), dataset="soup")
    assert of_request((one("same(label=positive)", against),)) == "attribute(label=positive) where id = 4"
    assert of_request((one("same(contrast=negative)", against),)) == "attribute(contrast=negative) where id = 4"
    foreign = Memory(
        (Request("attribute", (("label", "sour"),), ids=(4,), dataset="other"),), ids=(4,), dataset="other"
    )
    assert of_request((one("same where id = 3", foreign),)) == "attribute where id = 3"


def test_a_precision_holds_for_it_until_another_is_named() -> None:
    small = Memory((one("predict(precision=rtn4) where id = 4"),), ids=(4,), dataset="soup")
    assert of_request((one("attribute", small),)) == "attribute(precision=rtn4) where id = 4"
    assert one("attribute", small).precision == "rtn4" and one("attribute where id = 5", small).precision != "rtn4"
    assert one("attribute(precision=fp32)", small).precision == "fp32"
    own = replace(small, ids=(), custom=(("text", "mine"),))
    assert one("likelihood", own).slot("precision") == "rtn4"


def test_they_are_all_that_were_asked_about() -> None:
    three = Memory(ids=(3, 5, 6), dataset="soup")
    assert one("likelihood", three).ids == (3, 5, 6)
    settled = resolve(read("attribute"), situation(three))
    assert isinstance(settled, tuple) and [request.ids for request in settled] == [(3,), (5,), (6,)]
    asked = asked_back("learn", three)
    assert [write(choice) for choice in asked.choices] == [f"learn where id = {number}" for number in (3, 5, 6)]
    nine = replace(three, ids=tuple(range(9)))
    some = resolve(read("attribute"), situation(nine))
    assert isinstance(some, tuple) and len(some) == 5 and named(read("attribute"), some, situation(nine)) == 9


def test_a_change_finds_rows_in_whatever_split_they_stand() -> None:
    assert one('unlearn where includes("soup")').split == ""
    assert one('predict where includes("soup")').split == "test"


def test_where_there_is_nothing_to_undo_no_model_is_loaded_to_say_so() -> None:
    elsewhere = Memory(copies=(Copy("stew", "e5-small", (Alteration("learn", 3),)),))
    with pytest.raises(UserError) as nothing:
        resolve(read("undo"), situation())
    with pytest.raises(UserError) as other:
        resolve(read("undo"), situation(elsewhere))
    assert (nothing.value.kind, other.value.kind) == ("nothing_to_undo", "changes_elsewhere")
    assert other.value.facts["where"] == "stew (e5-small)"
    assert isinstance(resolve(read("learn; undo where id = 3"), situation()), tuple), "what this message changes"


def test_a_wish_without_a_question_is_taken_note_of() -> None:
    assert asked_back("same(audience=novice)").reason == "wish"
    assert asked_back(replace(read("same"), language="de")).reason == "wish"
