"""Single moves and the tables behind them: what they make of texts in six languages, whole words and whole sentences only."""

from __future__ import annotations

import pytest

from core.data import Instance
from core.script import folded
from explainers.edits.lexicon import Word, _Found
from explainers.edits.moves import _fit, clauses, phrases, sentence_moves, table_moves
from explainers.edits.rewording import marks, reorderings, synonyms
from explainers.edits.tables import table
from explainers.edits.text import written

LANGUAGES = ("en", "de", "es", "ru", "zh", "te")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_table_is_found_in_a_text(language):
    found = table(language)
    for key in {**found.opposites, **found.negations, **found.synonyms, **found.emphasis}:
        assert key in [folded(key[start:end]) for start, end in phrases(key)], key


@pytest.mark.parametrize(
    ("language", "text", "made"),
    [
        ("en", "A dull film", "An exciting film"),
        ("en", "An excellent film", "A terrible film"),
        ("de", "Leiser Ton", "Lauter Ton"),
        ("de", "Ein helles Zimmer", "Ein dunkles Zimmer"),
        ("de", "Ein langweiliges Buch", "Ein spannendes Buch"),
        ("ru", "Теплый прием", "Холодный прием"),
        ("ru", "Он нашел нас", "Он потерял нас"),
        ("te", "బాగా లేదు", "బాగా ఉంది"),
        ("zh", "电脑该卡还是卡", "电脑一点也不卡"),
    ],
)
def test_opposites_agree_with_their_sentence(language, text, made):
    row = Instance((("text", text),), language=language)
    assert made in [written(row, (move,)).text for move in table_moves(row, table(language))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It works like a charm, this kind of thing"),
        ("en", "The beer was cold, they help the poor"),
        ("en", "I have waited since Monday and had to get up"),
        ("en", "right now, a little late, about half an hour"),
        ("de", "Ich fühle mich wohl, es war ganz gut, gleich um acht"),
        ("es", "Mi hijo va a la tienda por la comida"),
        ("ru", "Он взял трубку и получил целый пакет"),
        ("zh", "他打电话来"),
    ],
)
def test_words_with_another_reading_have_no_synonym(language, text):
    assert not synonyms(Instance((("text", text),), language=language), table(language))


@pytest.mark.parametrize(
    ("language", "text", "nonsense"),
    [
        ("de", "Die laute Musik", "leisee"),
        ("de", "Die Musik ist leise", "ruhige"),
        ("de", "Ich habe erst gestern bestellt", "letzt"),
        ("de", "Es steht auf dem Tisch vor dem Haus", "zu dem"),
        ("de", "Das war einfach toll", "schwierig"),
        ("es", "Gran parte llegó por la tarde", "Mal"),
        ("es", "Llegó por la tarde", "temprano"),
        ("te", "అది కాదు", "అవును"),
        ("te", "పని చేయడం లేదు", "చేయడం ఉంది"),
    ],
)
def test_no_opposite_is_a_word_that_is_none(language, text, nonsense):
    row = Instance((("text", text),), language=language)
    made = [written(row, (move,)).text for moves in (table_moves, synonyms) for move in moves(row, table(language))]
    assert not [new for new in made if nonsense in new]


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("It cost 3.5 euros. I love it.", ["I love it. It cost 3.5 euros."]),
        ("Dr. Smith was rude. I left.", ["I left. Dr. Smith was rude."]),
        ("很好吃。服务很差。", ["服务很差。很好吃。"]),
        ("It died! I returned it", []),
    ],
)
def test_whole_sentences_change_places(text, swapped):
    row = Instance((("text", text),))
    assert [written(row, (move,)).text for move in reorderings(row)] == swapped


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It cost 3.5 euros and broke.", []),
        ("We paid 1,200 dollars at 10:30, twice.", ["We paid 1,200 dollars at 10:30.", "Twice."]),
        ("ఫోన్ పాడైంది, సర్వీస్ బాగాలేదు", ["ఫోన్ పాడైంది", "సర్వీస్ బాగాలేదు"]),
    ],
)
def test_a_clause_ends_at_no_number(text, left):
    row = Instance((("text", text),))
    assert sorted(written(row, (move,)).text for move in clauses(row)) == sorted(left)


@pytest.mark.parametrize(
    ("language", "text", "made"),
    [
        ("es", "Vino. Fue rápido.", ["Vino. ¡Fue rápido!"]),
        ("es", "¡Fue rápido!", ["Fue rápido."]),
        ("en", "I waited...", []),
        ("zh", "很快。", ["很快！"]),
    ],
)
def test_another_mark_at_the_end(language, text, made):
    row = Instance((("text", text),), language=language)
    assert [written(row, (move,)).text for move in marks(row)] == made


def test_a_telugu_sentence_is_ended_before_another_follows():
    row = Instance((("text", "సినిమా బాగుంది"),), language="te")
    assert written(row, (sentence_moves(row, ["పరమ చెత్త."])[0],)).text == "సినిమా బాగుంది. పరమ చెత్త."


@pytest.mark.parametrize(
    ("word", "old", "left", "right"), [("dirty", "clean", "very", "room"), ("చెడ్డగా", "మంచి", "చాలా", "ఉంది")]
)
def test_neighbours_in_common_count_in_every_script(word, old, left, right):
    assert _fit(Word(word, (0.9, 0.1), frozenset({left}), frozenset({right})), old, left, right) == 2.0


def test_short_sentences_of_the_data_are_whole():
    text = 'Danke, Frau Dr. Meyer. Nie wieder! Er sagte „Gut.“ Um 3.5 Euro. "Toll. Ja."'
    found = _Found()
    found.read(Instance((("text", text),), label="negative"), ())
    assert found.sentences == ["Danke, Frau Dr. Meyer.", "Nie wieder!", "Um 3.5 Euro."]
