"""From explanations to answers: what stands in a reply, in words and numbers of the language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.replying.badge import badge
from agent.replying.reply import reply
from agent.state import Answer
from agent.words import number, percent, quoted, say
from core.blocks import Badge, Fold, Heat, Notice, Plot, Rows, Text
from core.data import Instance, Schema
from core.dialogue import Reply, Request
from core.explanations import Attribution, Explanation, Instances, Neighbours, Prediction, Table, Token
from core.faithfulness import BETTER, NOT_APPLICABLE, UNCLEAR, Faithfulness, Score
from core.languages import complete
from core.provenance import Provenance

SCHEMA = Schema("soup", ("text",), ("negative", "positive"), label_words=(("negative", (("de", "negativ"),)),))
TEXT = "Soup  was <b>cold</b>!"
PREDICTION = Prediction(Instance((("text", TEXT),), language="en"), ("negative", "positive"), (0.9, 0.1))
TOKENS = (Token("Soup", 0, 4), Token("was", 6, 9), Token("cold", 13, 17), Token("!", 21, 22))
MAP = Attribution(PREDICTION, "negative", "occlusion", TOKENS, (0.1, -0.2, 0.7, 0.3), "logit")
GOOD = Faithfulness(BETTER, "", (Score("comprehensiveness", 0.5, (0.1, 0.2)),))


def told(explanation: Explanation, language: str = "en", operation: str = "attribute") -> Reply:
    request = Request(operation, custom=(("text", TEXT),), language=language)
    return reply((Answer(request, explanation, Faithfulness(NOT_APPLICABLE)),), SCHEMA, language)


def test_the_sentence_names_the_strongest_words_and_no_punctuation() -> None:
    sentence = next(block for block in told(MAP).blocks if isinstance(block, Text)).text
    assert "“cold”, “Soup”" in sentence and "“!”" not in sentence and "90%" in sentence


def test_a_word_that_stands_there_twice_is_named_once() -> None:
    tokens = (*TOKENS[:2], Token("Cold", 6, 9), TOKENS[2])
    made = replace(MAP, tokens=tokens, scores=(0.1, -0.2, 0.6, 0.7))
    sentence = next(block for block in told(made).blocks if isinstance(block, Text)).text
    assert sentence.casefold().count("“cold”") == 1 and "“Soup”" in sentence


def test_the_heat_map_keeps_the_text() -> None:
    heat = next(block for block in told(MAP).blocks if isinstance(block, Heat))
    assert "".join(token.text + token.after for token in heat.tokens) == TEXT
    assert [(token.text, token.score) for token in heat.tokens if token.shown] == [
        ("Soup", 0.1),
        ("was", -0.2),
        ("cold", 0.7),
        ("!", 0.3),
    ]


def test_only_the_top_words_are_coloured() -> None:
    top = Attribution(PREDICTION, "negative", "occlusion", TOKENS, (0.1, -0.2, 0.7, 0.3), "logit", top=1)
    heat = next(block for block in told(top).blocks if isinstance(block, Heat))
    assert [token.text for token in heat.tokens if token.shown] == ["cold"]


def test_what_the_model_writes_is_said_and_which_words_make_it() -> None:
    seen = Prediction(PREDICTION.instance, ("gone stale", "…"), (0.3, 0.7))
    made = Attribution(seen, "gone stale", "occlusion", TOKENS, (0.1, -0.2, 0.7, 0.3), "log_probability")
    own = told(replace(made, written="it had Gone stale by noon")).plain
    assert "the model writes “it had Gone stale by noon”" in own and "“gone stale”: “cold”, “Soup”" in own
    other = told(replace(made, written="and nice")).plain
    assert "itself writes “and nice”" in other and "“gone stale” in that place: “cold”, “Soup”" in other
    none = told(replace(made, written="and nice", scores=(-0.1, -0.2, -0.7, -0.3))).plain
    assert "No word makes it write “gone stale”" in none and "negative" not in none


@pytest.mark.parametrize("language", complete())
def test_a_contrast_without_a_word_for_it_says_that_none_speaks_more_for_it(language: str) -> None:
    made = replace(MAP, contrast="positive", scores=(-0.1, -0.2, -0.7, -0.3))
    sentence = next(block for block in told(made, language).blocks if isinstance(block, Text)).text
    assert all(SCHEMA.label_in(label, language) in sentence for label in ("positive", "negative"))
    assert language != "en" or "more for “negative” than for “positive”" in sentence


def test_labels_and_numbers_are_written_as_in_the_language() -> None:
    plot = next(block for block in told(PREDICTION, "de", "predict").blocks if isinstance(block, Plot))
    assert plot.bars[0].name == "negativ" and plot.bars[0].text == "90\u00a0%" and plot.bars[0].strong
    assert number(-0.256, "de") == "−0,26" and number(0.5, "en", sign=True) == "+0.50"


def test_what_is_not_certain_never_reads_as_certain() -> None:
    assert percent(0.9967, "en") == ">99%" and percent(0.001, "en") == "<1%" and percent(0.0, "en") == "0%"
    assert percent(1.0, "en") == "100%"


def test_a_fallback_is_said_aloud() -> None:
    note = ("truncated", (("kept", "510"), ("total", "900")))
    made = Attribution(
        PREDICTION, "negative", "occlusion", TOKENS, MAP.scores, "logit", provenance=Provenance(notes=(note,))
    )
    first = told(made).blocks[0]
    assert isinstance(first, Notice) and "510" in first.text and "900" in first.text


def test_a_badge_says_the_verdict_and_folds_the_figures() -> None:
    (made,) = badge(GOOD, "en")
    assert isinstance(made, Badge) and made.tone == "good" and "better than chance" in made.text
    assert "0.500" in made.plain and "0.150 ± 0.071 (n = 2)" in made.plain


def test_a_metric_that_does_not_apply_says_why() -> None:
    (made,) = badge(Faithfulness(UNCLEAR, "too_short", (Score("completeness_gap", None, reason="not_promised"),)), "en")
    assert isinstance(made, Badge) and made.tone == "open"
    assert "too few parts" in made.text and "does not promise" in made.plain


def test_where_nothing_is_claimed_there_is_no_badge() -> None:
    assert badge(Faithfulness(NOT_APPLICABLE), "en") == []


def test_a_table_says_labels_and_shares() -> None:
    table = Table(
        ("label", "count", "share"),
        (("negative", 3, 0.75), ("positive", 1, 0.25)),
        "labels",
        (("total", "4"),),
        "share",
    )
    plain = told(table, "en", "labels").plain
    assert "negative | 3 | 75%" in plain and "4" in plain


def test_the_chip_asks_the_same_again() -> None:
    assert told(MAP).parse == 'attribute on "Soup  was <b>cold</b>!"'


def test_a_fact_may_be_called_like_a_parameter() -> None:
    assert "table of opposites" in say("note.no_table", "en", language="nl")


def test_what_two_answers_both_show_stands_there_once() -> None:
    asked = [Request(name, custom=(("text", TEXT),)) for name in ("predict", "likelihood")]
    answers = tuple(Answer(request, PREDICTION, Faithfulness(NOT_APPLICABLE)) for request in asked)
    alone = [[type(block) for block in reply((answer,), SCHEMA, "en").blocks] for answer in answers]
    both = [type(block) for block in reply(answers, SCHEMA, "en").blocks]
    assert all(kinds.count(Plot) == 1 for kinds in alone)
    assert both.count(Plot) == 1 and both.count(Fold) == 2


def test_right_to_left_words_keep_their_order_in_a_sentence_that_runs_the_other_way() -> None:
    assert quoted("بطيئة", "en") == "\u2068“بطيئة”\u2069"
    assert quoted("slow", "de") == "„slow“"


def test_rows_name_languages_and_splits_in_words() -> None:
    row = Instance((("text", TEXT),), 3, "negative", "en", "train")
    shown = told(Instances((row,), 1), "de", "show").plain
    assert "negativ | English | Training" in shown
    rows = (row, replace(row, language="", label=""))
    near = told(Neighbours(row, rows, (1.0, 0.5), "cosine"), "en", "similar")
    assert "negative | English | 1.00" in near.plain and "– |  | 0.50" in near.plain
    counted = Table(("language", "split", "count"), (("te", "test", 3), ("te", "held_out", 1)), "count")
    assert "తెలుగు | prueba | 3" in told(counted, "es", "count").plain
    assert "తెలుగు | held_out | 1" in told(counted, "es", "count").plain, "a user's own split has no word"


def test_scores_of_a_map_are_written_as_in_the_language() -> None:
    heat = next(block for block in told(MAP, "de").blocks if isinstance(block, Heat))
    assert [token.said for token in heat.tokens if token.shown] == ["+0,100", "−0,200", "+0,700", "+0,300"]
    assert "cold +0,700" in heat.plain and "was −0,200" in heat.plain


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize(
    ("unit", "contrast"), [("attention", ""), ("mixing", ""), ("gradient", ""), ("gradient", "positive")]
)
def test_unsigned_scores_are_told_as_what_was_measured(unit: str, contrast: str, language: str) -> None:
    made = replace(MAP, scores=(0.1, 0.2, 0.7, 0.8), unit=unit, contrast=contrast, signed=False)
    first, second = [block.text for block in told(made, language).blocks if isinstance(block, Text)][:2]
    assert percent(0.9, language) in first and quoted("cold", language) in second and "{" not in first + second
    signed = next(block.text for block in told(replace(made, signed=True), language).blocks if isinstance(block, Text))
    assert second not in signed
    if language == "en":
        assert "speaks neither for nor against" in second or "not what speaks for" in second
        assert "push" not in first + second and (f"lead of “{made.target}”" in second) == bool(contrast)


def test_attention_while_writing_makes_nothing_be_written() -> None:
    made = replace(MAP, unit="attention", scores=(0.1, 0.2, 0.7, 0.8), signed=False, written="it had gone stale")
    said = told(made).plain
    assert "the model writes “it had gone stale”" in said and "attended most to: “cold”" in said
    assert "make it write" not in said


def test_a_strong_sign_takes_no_word_s_place() -> None:
    made = replace(MAP, scores=(0.1, -0.2, -0.7, 0.3), top=1)
    sentence = next(block for block in told(made).blocks if isinstance(block, Text)).text
    assert "“Soup”" in sentence


@pytest.mark.parametrize(("language", "figure"), [("en", "+0.42"), ("de", "+0,42"), ("te", "+0.42")])
def test_figures_in_notes_are_written_as_in_the_language(language: str, figure: str) -> None:
    notes = (("own_row", (("value", "0.4216"),)), ("coarse", (("steps", "251"), ("gap", "0.01234"))))
    made = replace(MAP, provenance=Provenance(notes=notes))
    own, coarse = [block.text for block in told(made, language).blocks if isinstance(block, Notice)]
    assert figure in own and figure.replace("+0", "0").replace("42", "012") in coarse and "251" in coarse


def test_several_rows_stand_in_one_table() -> None:
    rows = tuple(Instance((("text", text),), number, "positive", "de", "test") for number, text in enumerate("ab"))
    tables = [block for block in told(Instances(rows, 9), "en", "show").blocks if isinstance(block, Rows)]
    assert [[row[:3] for row in table.cells] for table in tables] == [[("0", "a", "positive"), ("1", "b", "positive")]]
