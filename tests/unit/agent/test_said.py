"""What is said holds whatever fills it: a single text, a file of one's own, a method by its name in the reader's language."""

from __future__ import annotations

import pytest
import regex

from agent.registries import discover_all
from agent.replying.ask import sentence
from agent.replying.reply import _note
from agent.replying.suggest import suggestions
from agent.state import Answer
from agent.telling.base import TELLERS, Teller
from agent.words import ERRORS, METRICS, WORDS, method_name
from core.blocks import Choices, Text
from core.data import Instance, Schema
from core.dialogue import Request
from core.explanations import Attribution, Comparison, Prediction, Table, Token
from core.faithfulness import BETTER, Faithfulness
from core.glossary import glossary
from core.languages import complete
from core.operation import OPERATIONS
from core.settings import ROOT
from core.tutorials import tutorials
from core.words import Words, words
from explainers.base import EXPLAINERS

discover_all()
SCHEMA = Schema("soup", ("text",), ("negative", "positive"))
SEEN = Prediction(Instance((("text", "tea"),), 3), SCHEMA.labels, (0.8, 0.2))
MAP = Attribution(SEEN, "negative", "lime", (Token("tea", 0, 3),), (1.0,), "logit")
PAGE = words(ROOT / "ui" / "words.toml")
COUNTS = ("total", "texts", "held", "count", "rows", "labels", "fewest", "tried", "wrong", "shown")
COUNTED = [
    *[(OPERATIONS["score"].words, f"say.{metric}") for metric in ("accuracy", "f1", "precision", "recall", "roc")],
    *[(OPERATIONS["mistakes"].words, f"say.{key}") for key in ("count", "sample", "none")],
    *[(OPERATIONS["keywords"].words, f"say.{key}") for key in ("data", "filtered", "driving_holds", "driving_none")],
    *[(OPERATIONS["compare"].words, f"cross.{key}") for key in ("holds", "differs")],
    *[(OPERATIONS["adversarial"].words, f"say.{key}") for key in ("none", "none_clear")],
    (OPERATIONS["labels"].words, "say.labels"),
    (PAGE, "panel.uploaded"),
    (ERRORS, "too_few_rows"),
    (WORDS, "heat.top"),
]  # fmt: skip
MANY = {  # one, and then a noun in the plural
    "en": regex.compile(
        r"\b1 (?:test |other |training |of these )?(?:texts|rows|labels|instances|counterfactuals|words)\b"
    ),
    "de": regex.compile(
        r"\b1 (?:anderen |passenden )?(?:Testtexten?|Texten?|Wörtern?|Zeilen|Labels|Trainingszeilen)\b"
    ),
    "es": regex.compile(r"\b1 (?:textos|filas|etiquetas|instancias|contrafactuales|palabras|pequeños)\b|\bvan 1\b"),
}


@pytest.mark.parametrize("language", MANY)
@pytest.mark.parametrize(("told", "key"), COUNTED)
def test_one_text_is_not_counted_in_the_plural(told: Words, key: str, language: str) -> None:
    said = told.say(key, language, **dict.fromkeys(COUNTS, 1))
    assert not MANY[language].search(said), said


@pytest.mark.parametrize("language", complete())
def test_a_fall_in_probability_is_told_in_percentage_points(language: str) -> None:
    facts = (("target", "negative"), ("texts", "9"), ("held", "5"), ("drop", "0.08"), ("chance", "0.0"))
    table = Table(("word", "push", "count"), (("were", 0.2, 3),), "driving_open", facts)
    blocks = TELLERS[Table](Teller(OPERATIONS["keywords"].words, SCHEMA, language), table)
    said = next(block.text for block in blocks if isinstance(block, Text))
    assert regex.search(r"\b8\b", said) and not regex.search(r"8\s*%", said)


@pytest.mark.parametrize("language", complete())
def test_a_file_of_ones_own_is_not_to_be_deleted(language: str) -> None:
    own = {"en": "of your own", "de": "eigene Datei", "es": "tuyo", "ru": "свой файл", "zh": "自己的", "te": "మీ సొంత"}
    assert own[language] in sentence("corrupt_model", {"name": "x", "path": "/x.gguf"}, language)


@pytest.mark.parametrize("language", complete())
def test_two_labels_are_asked_for_where_there_is_one(language: str) -> None:
    two = {"en": "two labels", "de": "zwei Labels", "es": "dos etiquetas", "ru": "двух меток", "zh": "两个标签"}
    said = sentence("too_few_rows", {"labels": "1", "fewest": "400", "needed": "10"}, language)
    assert two.get(language, "రెండు లేబుల్‌లు") in said and "400" in said


@pytest.mark.parametrize(
    ("told", "key", "never"),
    [
        (ERRORS, "no_labels", "Predictions and explanations of single texts work"),
        (ERRORS, "no_instance", "how many instances"),
        (ERRORS, "one_label_only", "the filter leaves"),
        (PAGE, "local", "this machine"),
        (PAGE, "rate.kept", "this machine"),
        (WORDS, "ask.goodbye", "until you delete it."),
        (WORDS, "note.remote", "Written by"),
        (WORDS, "note.smaller_writer", "wrote it"),
        (METRICS, "reason.too_short", "words"),
        (METRICS, "metric.judge_agrees.meaning", "as claimed"),
        (OPERATIONS["adversarial"].words, "say.first", "would read"),
        (OPERATIONS["compare"].words, "say.too_short", "words"),
        (OPERATIONS["keywords"].words, "about.user", "most frequent"),
        (OPERATIONS["rationalize"].words, "say.written", "the text"),
        (OPERATIONS["unlearn"].words, "say.done", "trained again"),
    ],
)
def test_no_more_is_said_than_holds(told: Words, key: str, never: str) -> None:
    assert never not in told.say(key, "en")


@pytest.mark.parametrize("language", complete())
def test_a_contrast_is_told_as_a_difference(language: str) -> None:
    for name in ("comprehensiveness", "sufficiency"):
        meaning = METRICS.say(f"metric.{name}.meaning", language)
        assert meaning.count(".") + meaning.count("。") == 2


@pytest.mark.parametrize("language", complete())
def test_the_tutorial_tells_what_the_chat_shows(language: str) -> None:
    gauss = {"ru": "Гаусс", "zh": "高斯", "te": "గాస్"}.get(language, "Gau")
    told = tutorials(language)
    assert gauss not in told["attribute", "expert"].how
    assert {"de": "Chat", "es": "chat", "ru": "чате", "zh": "聊天", "te": "చాట్‌"}.get(language, "chat") in told[
        "rationalize", "expert"
    ].read


@pytest.mark.parametrize("language", complete())
def test_methods_are_called_as_in_the_glossary(language: str) -> None:
    terms = glossary(language)
    names = {one.name: method_name(one.name, language) for one in EXPLAINERS}
    assert all(name == terms[slug].name for slug, name in names.items() if slug in terms)
    assert not any("_" in name for name in names.values()) and len(set(names.values())) == len(names)


def test_a_buttons_method_is_in_the_readers_language() -> None:
    found = suggestions(Answer(Request("attribute", ids=(3,)), MAP, Faithfulness(BETTER)), "es")[0]
    assert isinstance(found, Choices)
    assert "Comprobar con oclusión" in found.labels and any("method=occlusion" in query for query in found.queries)


def test_a_notes_and_an_errors_method_is_in_the_readers_language() -> None:
    facts = {"model": "m", "method": "attention_rollout", "capability": "gradients", "used": "integrated_gradients"}
    note = _note(Teller(OPERATIONS["attribute"].words, SCHEMA, "zh"), "fallback", facts)
    assert "注意力展开" in note.text and "积分梯度" in note.text
    said = sentence("missing_for_method", facts | {"nearest": "occlusion"}, "ru")
    assert "окклюзия" in said and "attention rollout" in said
    writer = {"wanted": "my_writer", "used": "small_writer"}
    assert "small_writer" in _note(Teller(OPERATIONS["rationalize"].words, SCHEMA, "en"), "smaller_writer", writer).text


def test_both_sides_of_a_comparison_of_methods_are_called_as_in_the_glossary() -> None:
    made = Comparison("method", ("integrated_gradients", "occlusion"), MAP, MAP, None, None, 1, 1, 1.0, 1, "too_short")
    blocks = TELLERS[Comparison](Teller(OPERATIONS["compare"].words, SCHEMA, "de"), made)
    assert "Integrated Gradients und Occlusion" in blocks[0].plain


def test_another_method_of_the_same_paper_is_no_alias() -> None:
    assert "attention flow" not in glossary("en")["attention_rollout"].forms


def test_punctuation_on_top_hides_no_word() -> None:
    tokens = (Token("tea", 0, 3), Token("!!!", 3, 6))
    seen = Prediction(Instance((("text", "tea!!!"),)), SCHEMA.labels, (0.8, 0.2))
    made = Attribution(seen, "negative", "lime", tokens, (0.4, 0.9), "logit", top=1)
    said = TELLERS[Attribution](Teller(OPERATIONS["attribute"].words, SCHEMA, "en"), made)[0].plain
    assert "“tea”" in said and "No word" not in said
