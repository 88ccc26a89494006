"""Units of text: words, sentences and tokens in many scripts, worked out by hand."""

import pytest

from core.errors import UserError
from core.explanations import Token
from models.pieces import merge, units

FAMILY = "👨‍👩‍👧"


def tokens(text, *pieces, field="text"):
    """Tokens of the pieces as they follow one another in the text; "=" before a piece lets it share the last span."""
    found, at = [], 0
    for piece in pieces:
        if piece == "=":
            found.append(found[-1])
            continue
        start = text.index(piece, at)
        at = start + len(piece)
        found.append(Token(piece, start, at, field))
    return found


def words(text, *pieces, granularity="word"):
    return [(unit.text, unit.members) for unit in units([("text", text)], tokens(text, *pieces), granularity)]


WORDS = {
    "pieces of one word": ("Akkuleistung gut", ["Akku", "leistung", "gut"], [("Akkuleistung", (0, 1)), ("gut", (2,))]),
    "punctuation stands alone": (
        "Good, no?",
        ["Good", ",", "no", "?"],
        [("Good", (0,)), (",", (1,)), ("no", (2,)), ("?", (3,))],
    ),
    "apostrophe inside": ("don't", ["don", "'", "t"], [("don't", (0, 1, 2))]),
    "quotes around": ("'so'", ["'", "so", "'"], [("'", (0,)), ("so", (1,)), ("'", (2,))]),
    "decimal point": ("3.14.", ["3", ".", "14", "."], [("3.14", (0, 1, 2)), (".", (3,))]),
    "no decimal point": ("a.b", ["a", ".", "b"], [("a", (0,)), (".", (1,)), ("b", (2,))]),
    "token with its space": ("a bad day", ["a", " bad", " day"], [("a", (0,)), ("bad", (1,)), ("day", (2,))]),
    "token over two words": ("in the end", ["in the", "end"], [("the", (0,)), ("end", (1,))]),
    "equal parts go to the first": ("ab cd", ["ab cd"], [("ab", (0,))]),
    "marks and word in one token": ("(oh) no", ["(oh", ")", "no"], [("oh", (0,)), (")", (1,)), ("no", (2,))]),
    "run of marks": ("Oh!!!", ["Oh", "!!", "!"], [("Oh", (0,)), ("!!", (1,)), ("!", (2,))]),
    "bytes of one character": ("好吗", ["好", "=", "=", "吗"], [("好", (0, 1, 2)), ("吗", (3,))]),
    "Chinese words are the pieces": (
        "电池没电了",
        ["电池", "没", "电了"],
        [("电池", (0,)), ("没", (1,)), ("电了", (2,))],
    ),
    "Latin in Chinese": ("用App吧", ["用", "Ap", "p", "吧"], [("用", (0,)), ("App", (1, 2)), ("吧", (3,))]),
    "pieces share a grapheme": ("ที่", ["ที", "่"], [("ที่", (0, 1))]),
    "Telugu vowel signs": ("బాగుంది.", ["బా", "గు", "ంది", "."], [("బాగుంది", (0, 1, 2)), (".", (3,))]),
    "a family is one": (FAMILY + "👍", ["👨", "👩", "👧", "👍"], [(FAMILY, (0, 1, 2)), ("👍", (3,))]),
    "a piece over two graphemes": ("👍👍👎", ["👍👍", "👎"], [("👍👍", (0,)), ("👎", (1,))]),
    "a space that is a token": ("a\n\nb", ["a", "\n\n", "b"], [("a", (0,)), ("\n\n", (1,)), ("b", (2,))]),
    "words without tokens are gaps": ("one two three", ["two"], [("two", (0,))]),
    "Korean has spaces": ("배터리가 나갔다", ["배터", "리가", "나갔다"], [("배터리가", (0, 1)), ("나갔다", (2,))]),
    "Arabic": ("هذا جيد!", ["هذا", "ج", "يد", "!"], [("هذا", (0,)), ("جيد", (1, 2)), ("!", (3,))]),
    "Japanese": ("コーヒーが好き", ["コーヒー", "が", "好き"], [("コーヒー", (0,)), ("が", (1,)), ("好き", (2,))]),
}


@pytest.mark.parametrize(("text", "pieces", "wanted"), WORDS.values(), ids=WORDS)
def test_words(text, pieces, wanted):
    assert words(text, *pieces) == wanted


SENTENCES = {
    "two": (
        "It broke. Nobody answered!",
        ["It", "broke", ".", "Nobody", "answered", "!"],
        ["It broke.", "Nobody answered!"],
    ),
    "no mark at the end": ("Fine so far", ["Fine", "so", "far"], ["Fine so far"]),
    "abbreviation": ("approx. three days. Bad.", ["approx", "three", "Bad"], ["approx. three days.", "Bad."]),
    "number": ("It costs 3.50 now.", ["It", "3", "50"], ["It costs 3.50 now."]),
    "Chinese": ("不好。没人回答！", ["不好", "。", "没人"], ["不好。", "没人回答！"]),
    "quotes close": ("Er rief: „Nie!“ Dann ging er.", ["Er", "Nie", "Dann"], ["Er rief: „Nie!“", "Dann ging er."]),
    "quotes open": ("好。“不好！”", ["好", "不好"], ["好。", "“不好！”"]),
    "lines": ("good\nbad", ["good", "bad"], ["good", "bad"]),
}


@pytest.mark.parametrize(("text", "pieces", "wanted"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(text, pieces, wanted):
    assert [unit for unit, _ in words(text, *pieces, granularity="sentence")] == wanted


def test_tokens_are_whole_graphemes():
    assert words("ที่ดี ok", "ที", "่", "ดี", "ok", granularity="token") == [("ที่", (0, 1)), ("ดี", (2,)), ("ok", (3,))]
    assert words("not-so bad", "not-so", "bad", granularity="token") == [("not-so", (0,)), ("bad", (1,))]


def test_fields_keep_their_own_places():
    claim, evidence = "It rains.", "Sun, sun."
    both = [*tokens(claim, "It", "rains"), *tokens(evidence, "Sun", "sun", field="evidence")]
    both = [Token(one.text, one.start, one.end, "claim" if one.field == "text" else one.field) for one in both]
    found = units([("claim", claim), ("evidence", evidence)], both)
    assert [(unit.field, unit.text, unit.start, unit.members) for unit in found] == [
        ("claim", "It", 0, (0,)),
        ("claim", "rains", 3, (1,)),
        ("evidence", "Sun", 0, (2,)),
        ("evidence", "sun", 5, (3,)),
    ]


def test_scores_are_summed():
    found = units([("text", "un-do it")], tokens("un-do it", "un", "-", "do", "it"))
    assert merge([0.5, -2.0, 0.25, 1.0], found) == [0.5, -2.0, 0.25, 1.0]
    assert merge([0.1, 0.2, 0.3], units([("text", "abc")], tokens("abc", "a", "b", "c"))) == [0.6]


def test_wrong_input_is_refused():
    with pytest.raises(UserError, match="unknown_choice"):
        units([("text", "a")], [], "letter")
    with pytest.raises(ValueError, match="not given"):
        units([("text", "a")], [Token("a", 0, 1, "other")])
    with pytest.raises(ValueError, match="covers nothing"):
        units([("text", "a")], [Token("b", 5, 6)])
