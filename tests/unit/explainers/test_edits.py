"""Edits: on toys whose smallest change is known, in texts of six languages, and judged against random changes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.data import Dataset, Instance
from core.errors import Stopped, UserError
from core.explanations import AUGMENT, COUNTERFACTUAL, Edit, Edits, Prediction
from core.faithfulness import BETTER, NO_BETTER, UNCLEAR
from core.progress import Progress
from core.script import folded
from core.values import from_json, to_json
from explainers.adversarial import adversarial
from explainers.augment import augment
from explainers.base import explained_units
from explainers.counterfactual import PLACES, SENTENCES, _wanted, counterfactual
from explainers.edits.lexicon import _Found, training_rows
from explainers.edits.moves import clauses, cut, table_moves
from explainers.edits.rewording import emphasis, reorderings, synonyms
from explainers.edits.second import _KNOWN, KEPT, second
from explainers.edits.slips import misspellable, typos
from explainers.edits.tables import FOLDER, table
from explainers.edits.text import (
    ADDED,
    REMOVED,
    SAME,
    Change,
    Move,
    changed_words,
    clash,
    like,
    parts,
    words_of,
    written,
)
from explainers.metrics.edits import _closeness, control, judge_edits
from explainers.metrics.verdict import LARGE
from tests.toys import Additive, Deaf, instance

LANGUAGES = ("en", "de", "es", "ru", "zh", "te")
TEXT = "a very dull film with a bad end"  # dull −1, bad −2: only the opposite of one or both makes f positive


class Letters:
    """Sentence vectors that count letters: alike texts have a cosine near 1."""

    def embed(self, texts):
        rows = np.array([[text.lower().count(chr(97 + letter)) + 0.01 for letter in range(26)] for text in texts])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def rows_of(*texts: tuple[str, str], split: str = "train") -> list[Instance]:
    return [Instance((("text", text),), number, label, "en", split) for number, (text, label) in enumerate(texts)]


DATA = Dataset(
    Additive.schema,
    tuple(rows_of(*[("a good film with a great end", "positive"), ("a bad film with an awful end", "negative")] * 8)),
)

WORDS = "window table river paper candle street garden number winter letter doctor pocket basket silver butter ladder"
# Random words seldom have value
WIDE = Dataset(DATA.schema, (*DATA.rows, *rows_of((WORDS, "positive"), (WORDS, "negative"))))


def text_of(made: Edits, place: int = 0) -> str:
    return made.edits[place].prediction.instance.text


def test_the_one_word_that_flips_is_found():
    made = counterfactual(Additive(), instance("a film with a bad end"), DATA, Letters())
    assert [edit.prediction.label for edit in made.edits] == ["positive"]
    assert made.edits[0].changed == 1
    assert text_of(made).split()[:4] == ["a", "film", "with", "a"] and text_of(made).endswith("end")
    assert text_of(made).split()[4] in ("good", "fine", "great")


def test_two_words_are_changed_where_one_is_not_enough():
    model = Additive()
    made = counterfactual(model, instance("an awful film with an awful end and dull dull dull"), DATA, Letters())
    assert made.edits and made.edits[0].changed >= 2
    assert model.predict([made.edits[0].prediction.instance])[0].label == "positive"


def test_what_is_not_needed_is_undone():
    model = Additive()
    made = counterfactual(model, instance(TEXT), DATA, Letters(), count=3)
    for edit in made.edits:
        assert edit.changed <= 2, "one word is enough"


def test_every_edit_is_verified_and_results_differ():
    model = Additive()
    made = counterfactual(model, instance("a bad film with a dull end"), DATA, Letters(), label="positive", count=4)
    texts = [edit.prediction.instance for edit in made.edits]
    assert len(set(texts)) == len(texts) >= 2
    assert {one.label for one in model.predict(texts)} == {"positive"}


def test_no_flip_is_said_with_the_closest_attempt():
    made = counterfactual(Deaf(), instance(TEXT), DATA, Letters())
    assert made.edits == ()
    assert made.attempt is not None and made.attempt.prediction.label == made.original.label
    assert made.tried > 0


def test_the_label_must_be_another_one_of_the_model():
    with pytest.raises(UserError, match="already_label"):
        counterfactual(Additive(), instance(TEXT), DATA, Letters(), label="negative")
    with pytest.raises(UserError, match="unknown_label"):
        counterfactual(Additive(), instance(TEXT), DATA, Letters(), label="mixed")


@pytest.mark.parametrize("method", [counterfactual, adversarial, augment])
def test_the_same_request_finds_the_same_and_is_a_value(method):
    first, second_time = (method(Additive(), instance(TEXT), DATA, Letters(), seed=3) for _ in range(2))
    assert first == second_time
    assert from_json(to_json(first)) == first


@pytest.mark.parametrize("method", [counterfactual, adversarial, augment])
def test_stop_ends_the_search(method):
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        method(Additive(), instance(TEXT), DATA, Letters(), progress=progress)


def test_adversarial_edits_are_small_and_flip():
    model = Additive()
    text = "we saw a long film with a good end and went home by bus"
    made = adversarial(model, instance(text), DATA, Letters())
    assert (made.edits and made.edits[0].prediction.label == "negative") or made.attempt
    for edit in made.edits:
        assert edit.similarity >= 0.9 and edit.changed <= 4


def test_where_every_flip_means_something_else_the_nearest_is_the_attempt():
    class Strangers:
        """No text is like another."""

        def embed(self, texts):
            return np.eye(len(texts))

    text = "we saw a long film with a good but dull end and went home by bus"
    made = adversarial(Additive(), instance(text), DATA, Strangers())
    assert made.edits == () and made.attempt is not None
    assert made.attempt.prediction.label == "negative" != made.original.label


def test_augmented_texts_keep_the_label():
    model = Additive()
    made = augment(model, instance("We saw a good film. The end was great."), DATA, Letters(), count=3)
    assert len(made.edits) == 3
    assert {one.label for one in model.predict([edit.prediction.instance for edit in made.edits])} == {"positive"}
    assert all(edit.similarity >= 0.9 and text_of(made, 0) != made.original.instance.text for edit in made.edits)


def test_a_targeted_edit_is_better_than_chance_and_an_easy_one_is_not():
    model = Additive()
    long = "we saw a long film on a day in may and it had a bad end so we went home by bus"
    made = counterfactual(model, instance(long), DATA, Letters())
    assert judge_edits(model, made, WIDE, Letters()).verdict == BETTER
    easy = counterfactual(model, instance("bad"), DATA, Letters())
    assert judge_edits(model, easy, DATA, Letters()).verdict in (NO_BETTER, UNCLEAR)  # any word in its place helps


def test_a_claim_that_does_not_hold_is_said_to_be_unconfirmed():
    model = Additive()
    made = counterfactual(model, instance(TEXT), DATA, Letters())
    false = Edits(made.original, made.kind, (made.edits[0],), "negative")
    found = judge_edits(model, false, DATA, Letters())
    assert (found.verdict, found.reason) == (UNCLEAR, "not_confirmed")


def test_without_edits_nothing_can_be_judged():
    made = counterfactual(Deaf(), instance(TEXT), DATA, Letters())
    assert judge_edits(Deaf(), made, DATA, Letters()).reason == "no_edit"


def test_random_changes_change_as_many_words():
    made = counterfactual(Additive(), instance(TEXT), DATA, Letters())
    rows = control(made, DATA, 12, 0)
    assert len(rows) == 12
    assert all(changed_words(TEXT, row.text) <= made.edits[0].changed for row in rows)
    assert rows == control(made, DATA, 12, 0) != control(made, DATA, 12, 1)


def edited(text: str, kind: str, *edits: tuple[float, int], language: str = "en") -> Edits:
    """Edits of a text that say how alike they are and how many words they change."""
    said = Prediction(Instance((("text", text),), language=language), Additive.labels, (0.2, 0.8))
    return Edits(said, kind, tuple(Edit(said, cosine, changed) for cosine, changed in edits))


def test_random_changes_are_as_large_as_each_wording_in_turn():
    rows = control(edited(TEXT, AUGMENT, (0.99, 0), (0.98, 1), (0.95, 6)), WIDE, 12, 0)
    pairs = [zip(words_of(TEXT), words_of(row.text), strict=True) for row in rows]
    sizes = [sum(before != after for before, after in one) for one in pairs]
    assert max(sizes[::2]) <= 1 and max(sizes[1::2]) == 6 and min(sizes[1::2]) > 1


@pytest.mark.parametrize(
    ("text", "language"), [("👎👎👎", "en"), ("bad film", "en"), ("!!!", "fr"), ("mauvais film", "fr"), ("很差", "zh")]
)
def test_words_that_a_short_text_lacks_are_put_in(text, language):
    rows = control(edited(text, COUNTERFACTUAL, (0.9, 5), language=language), WIDE, 10, 0)
    assert all(row.text != text for row in rows)
    if language == "en":
        assert {len(words_of(row.text)) for row in rows} == {5}
    if language == "zh":
        assert {len(row.text) for row in rows} == {5} and not any(" " in row.text for row in rows)
    if text == "mauvais film":
        assert {word for row in rows for word in words_of(row.text)} <= {"mauvais", "film"}, (
            "no word of another language"
        )


def test_wordings_are_compared_with_random_ones_of_their_size():
    chance = [cosine + place / 1000 for place in range(10) for cosine in (0.96, 0.88)]
    assert _closeness(edited(TEXT, AUGMENT, (0.99, 1), (0.93, 6)), chance) == pytest.approx(1 / 21)
    assert _closeness(edited(TEXT, AUGMENT, (1.0, 0), (0.96, 1), (0.88, 6)), chance) > LARGE


def test_wordings_that_only_change_marks_have_nothing_to_be_compared_with():
    found = judge_edits(Additive(), edited("a good film", AUGMENT, (0.99, 0)), WIDE, Letters())
    assert (found.verdict, found.reason) == (UNCLEAR, "only_marks")


def test_rows_whose_language_nobody_told_teach_every_language():
    data = Dataset(DATA.schema, tuple(replace(row, language="") for row in DATA.rows))
    assert training_rows(data, "en") == list(data.rows) and second(data, "en") is not None
    assert training_rows(DATA, "de") == []


def test_the_second_judge_learns_and_tells_its_accuracy():
    test = [
        Instance((("text", "a great film"),), 90, "positive", "en", "test"),
        Instance((("text", "an awful film"),), 91, "negative", "en", "test"),
    ]
    data = Dataset(DATA.schema, (*DATA.rows, *test))
    found = second(data, "en")
    assert found is not None and (found.right, found.total) == (2, 2)
    assert second(data, "de") is None
    assert all(row.split == "train" for row in training_rows(data, "en"))


def test_moves_are_spliced_from_the_end():
    row = Instance((("text", "The food was cold."),), 3, "negative", "en")
    draft = (
        Move((Change("text", 13, 17, "hot"),), "opposite"),
        Move((Change("text", 4, 8, "soup"),), "opposite"),
        Move((Change("text", 18, 18, " Good."),), "sentence"),
    )
    assert written(row, draft).text == "The soup was hot. Good."
    assert written(row, draft).id is None and written(row, draft).label == ""
    assert clash(draft[0], draft[0]) and not clash(draft[0], draft[1])


def test_parts_are_whole_words_and_lose_nothing():
    before, after = "The food was very cold.", "The food was hot."
    found = parts(before, after)
    assert (REMOVED, "very cold") in found and (ADDED, "hot") in found
    assert "".join(text for kind, text in found if kind in (SAME, REMOVED)) == before
    assert "".join(text for kind, text in found if kind in (SAME, ADDED)) == after
    assert changed_words(before, after) == 2


@pytest.mark.parametrize(
    ("word", "old", "made"), [("good", "Bad", "Good"), ("good", "BAD", "GOOD"), ("good", "bad", "good")]
)
def test_capitals_are_kept(word, old, made):
    assert like(word, old) == made


@pytest.mark.parametrize(
    ("text", "start", "end", "left"),
    [("Very good.", 0, 4, "Good."), ("a very good end", 2, 6, "a good end"), ("It was bad.", 7, 10, "It was.")],
)
def test_what_is_cut_leaves_a_sentence(text, start, end, left):
    row = Instance((("text", text),))
    assert written(row, (Move((cut("text", text, start, end),), "omission"),)).text == left


def test_a_clause_is_cut_with_its_comma():
    row = Instance((("text", "Bus late, driver rude, seat wet."),))
    texts = [written(row, (move,)).text for move in clauses(row)]
    assert "Bus late, driver rude." in texts and "Bus late, seat wet." in texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_hold_words_in_pairs_that_lead_back(language):
    found = table(language)
    assert found is not None
    for word, others in found.opposites.items():
        assert word not in map(folded, others)
        for other in others:
            assert word in map(folded, found.opposites[folded(other)])
    assert all("{text}" in frame for frame in (*found.openers, *found.closers))
    assert len(found.opposites) >= 60 and len(found.synonyms) >= 30


def test_only_tables_stand_in_the_folder():
    assert {path.stem for path in FOLDER.glob("*")} == set(LANGUAGES)
    assert table("fr") is None and table("../en") is None


@pytest.mark.parametrize(
    ("language", "text", "made"),
    [
        ("en", "The staff was rude", "The staff was polite"),
        ("de", "Das schlechte Essen", "Das gute Essen"),
        ("es", "La comida es mala", "La comida es buena"),
        ("ru", "Очень вкусный суп", "Очень невкусный суп"),
        ("zh", "这里的菜很难吃", "这里的菜很好吃"),
        ("te", "సినిమా నాకు నచ్చింది", "సినిమా నాకు నచ్చలేదు"),
    ],
)
def test_opposites_stand_in_every_language(language, text, made):
    row, found = Instance((("text", text),), language=language), table(language)
    assert found is not None
    assert made in [written(row, (move,)).text for move in table_moves(row, found)]


@pytest.mark.parametrize(
    ("language", "text", "nonsense"),
    [
        ("en", "This is not bad", "not not"),
        ("ru", "Он не работает", "не не"),
        ("ru", "Спокойный двор", "Тихы"),
        ("ru", "Кофе с молоком", "без"),
        ("ru", "Все довольны", "Ничего"),
        ("ru", "Фильм снят за копейки", "Кино снят"),
        ("ru", "Просто за компанию", "Очень"),
        ("zh", "快递等了三个星期才到", "慢递"),
        ("zh", "大家绕了我半小时", "小家"),
        ("zh", "绕了我半小时", "大时"),
        ("zh", "等了十分钟，真的很好看", "非常钟"),
        ("zh", "真的很好看", "很差"),
        ("zh", "也许不可能，不推荐", "不不"),
        ("zh", "也许会来", "同样"),
        ("te", "ఫోన్ పని చేయడం లేదు", "ఉద్యోగం"),
        ("te", "కాస్త నెమ్మది", "చాలా"),
        ("te", "బాగా నచ్చింది", "సరిగ్గా"),
    ],
)
def test_no_word_is_changed_within_another_and_no_sense_into_nonsense(language, text, nonsense):
    row, found = Instance((("text", text),), language=language), table(language)
    made = [move for moves in (table_moves, synonyms, emphasis) for move in moves(row, found)]
    assert not [new for move in made if nonsense in (new := written(row, (move,)).text)]


def test_adjectives_that_end_otherwise_agree_in_russian():
    row = Instance((("text", "Спокойный двор, свежие булки"),), language="ru")
    made = [written(row, (move,)).text for moves in (table_moves, synonyms) for move in moves(row, table("ru"))]
    assert "Тихий двор, свежие булки" in made and "Спокойный двор, несвежие булки" in made


@pytest.mark.parametrize(
    ("language", "text"), [("te", "సూప్ చల్లారిపోయింది 12"), ("ru", "Суп был холодный"), ("zh", "汤端上来的时候")]
)
def test_slips_stay_in_the_script(language, text):
    row = Instance((("text", text),), language=language)
    made = [written(row, (move,)).text for move in typos(row, table(language), 0)]
    assert made and all(not any(char.isascii() and char.isalpha() for char in one) for one in made)
    assert all(text[-2:] == one[-2:] for one in made) if language == "te" else True


def test_numbers_links_and_names_are_never_misspelt():
    text = "Room 12b, see www.hotel.example or @anna #rooms, costs 30 euros"
    kept = {text[start:end] for start, end in misspellable(text)}
    assert kept == {"Room", "see", "costs", "euros"}


def test_sentences_change_places():
    row = Instance((("text", "The food was good. The bus was late."),))
    assert [written(row, (move,)).text for move in reorderings(row)] == ["The bus was late. The food was good."]


def test_fluency_is_said_to_be_unknown():
    made = counterfactual(Additive(), instance(TEXT), DATA, Letters())
    scores = {score.metric: score for score in judge_edits(Additive(), made, DATA, Letters()).scores}
    assert scores["fluency"].value is None and scores["fluency"].reason == "not_measured"
    assert scores["flip"].value == 1.0
    assert math.isclose(scores["edit_share"].value or 0, made.edits[0].changed / len(TEXT.split()))


def test_a_sentence_counts_in_every_row_that_has_it():
    rows = rows_of(("It was okay.", "positive"), ("It was okay.", "negative"), ("It was okay.", "negative"))
    found = _Found()
    for row in rows:
        found.read(row, explained_units(Additive().encode(row), "word"))
    assert found.sentences == ["It was okay."] and found.labels["It was okay."] == {"positive": 1, "negative": 2}


def test_rows_that_were_taken_out_of_training_teach_nobody():
    taken = replace(DATA.rows[0], id=99, split="unlearned")
    data = Dataset(DATA.schema, (*DATA.rows, taken))
    assert taken not in training_rows(data, "en") and len(training_rows(data, "en")) == len(DATA.rows)


def test_only_some_judges_are_kept():
    for number in range(KEPT + 3):
        second(Dataset(replace(DATA.schema, name=f"data {number}"), DATA.rows), "en")
    assert len(_KNOWN) == KEPT and ("data 0", DATA.revision, "en") not in _KNOWN


def test_each_of_many_labels_gets_a_place():
    model = Additive()
    model.labels = tuple(f"topic {number}" for number in range(20))
    chances = [number + 1 for number in range(20)]
    said = Prediction(instance("a film"), model.labels, tuple(chance / sum(chances) for chance in chances))
    found = _wanted(model, said, "")
    assert found == list(range(18, 18 - PLACES, -1)) and SENTENCES // len(found) > 0


def test_variants_are_different_texts():
    made = augment(Additive(), instance("a good film with a great end."), DATA, Letters(), count=5)
    assert len({text_of(made, place) for place in range(len(made.edits))}) == len(made.edits)


@pytest.mark.parametrize("method", [counterfactual, augment])
def test_fewer_edits_than_asked_for_are_mentioned(method):
    made = method(Additive(), instance("a film with a bad end"), DATA, Letters(), count=50)
    found = len(made.edits)
    assert 0 < found < 50
    assert ("fewer_edits", (("found", str(found)), ("wanted", "50"))) in made.provenance.notes
