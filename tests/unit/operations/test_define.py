"""Definitions: terms found in what people write, and what is answered for known, several and unknown ones."""

from __future__ import annotations

import pytest

from core.data import Dataset, Schema
from core.dialogue import Call, Parse, Request, Utterance
from core.explanations import Card
from core.glossary import glossary
from core.operation import OPERATIONS, Context
from core.progress import Progress
from operations.define import Terms
from parsers.notation.canonical import read, write
from parsers.notation.coxql import to_coxql
from parsers.rules.check import check
from parsers.rules.understanding import understand
from parsers.words.terms import terms_in
from tests.parsing import REVIEWS, composed

SCHEMA = Schema("none", ("text",), ("a", "b"))


def no_model() -> object:
    raise AssertionError("a definition needs no model")


def told(operation: str, language: str = "en", **slots: str) -> Card:
    context = Context(no_model, Dataset(SCHEMA, ()), (), Progress())
    made = OPERATIONS[operation].run(Request(operation, tuple(sorted(slots.items())), language=language), context)
    assert isinstance(made, Card)
    return made


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("en", "What is LIME?", ("lime",)),
        ("en", "what are tokenizers and what are tokens", ("tokenizer", "token")),
        ("en", "What is tracing?", ()),  # TracIn does not inflect
        ("en", "do you use back translation?", ("back_translation",)),
        ("en", "numerical precision", ("numeric_precision",)),
        ("en", "LIME vs SHAP vs integrated gradients vs attention", ("lime", "shap", "integrated_gradients")),
        ("de", "Was ist der Unterschied zwischen Precision und Recall?", ("precision", "recall")),
        ("de", "Was sind integrierte Gradienten?", ("integrated_gradients",)),
        ("es", "¿Qué son los gradientes integrados?", ("integrated_gradients",)),
        ("ru", "Объясни разницу между токеном и токенизатором", ("token", "tokenizer")),
        ("ru", "что такое точность", ("accuracy", "precision")),  # the Russian word means both
        ("zh", "注意力和显著性有什么区别", ("attention", "saliency")),
        ("zh", "显著性水平和梯度下降有什么区别", ("p_value", "gradient")),
        ("ru", "что такое обратное распространение и микроусреднение", ("gradient", "macro_average")),
        ("zh", "精度是什么意思？", ("numeric_precision",)),
        ("te", "ప్రెసిషన్ అంటే ఏమిటి?", ("precision",)),
        ("te", "గణన ప్రెసిషన్ అంటే ఏమిటి?", ("numeric_precision",)),
        ("te", "LIMEతో పోలిస్తే టోకెన్లు అంటే ఏమిటి", ("lime", "token")),
        ("te", "ఎన్కోడర్ అంటే ఏమిటి", ("encoder",)),  # typed without the zero-width joiner of the glossary
        ("fr", "C'est quoi LIME ?", ("lime",)),
        ("en", "Was ist Überanpassung?", ("overfitting",)),  # the language was misread
        ("en", "what does blorple mean?", ()),
    ],
)
def test_terms_are_found(language: str, text: str, terms: tuple[str, ...]) -> None:
    assert terms_in(text, language) == terms


def test_the_slot_is_filled_from_quoted_terms_too_and_stays_out_of_the_notation() -> None:
    query = composed('What is "LIME"?', "define")
    assert query == "define(term=lime)"
    assert to_coxql(read(query)) == "domain [E]"
    assert composed("What does blorple mean?", "define") == "define"


def test_two_terms_are_one_slot_and_come_back() -> None:
    query = 'define(term="precision, recall")'
    assert write(read(query)) == query and read(query).calls[0].slot("term") == "precision, recall"


def test_check_drops_a_term_that_was_not_said() -> None:
    seen = understand(Utterance("What is LIME?"), REVIEWS)
    invented = Parse((Call("define", (("term", "lime, shap"),)),))
    assert check(invented, seen) == Parse((Call("define"),))


def test_names_become_slugs_and_the_unknown_stays() -> None:
    assert Terms().check("Perplexität, LIME , blorple", SCHEMA) == "perplexity, lime, blorple"


@pytest.mark.parametrize(
    ("language", "slug", "said"),
    [
        ("en", "gradient", "backpropagation"),
        ("ru", "gradient", "обратное распространение"),
        ("ru", "accuracy", "аккуратность"),
        ("es", "macro_average", "promedio micro"),
        ("zh", "p_value", "显著性水平"),
        ("te", "macro_average", "మైక్రో సగటు"),
    ],
)
def test_a_related_word_leads_to_a_term_and_is_no_other_name_of_it(language: str, slug: str, said: str) -> None:
    assert Terms().check(said, SCHEMA) == slug
    assert said not in dict(told("define", language, term=slug).entries).get("aliases", "")


def test_a_definition_with_english_name_and_source() -> None:
    made = told("define", "de", term="perplexity")
    entries = dict(made.entries)
    assert entries["Perplexität"] == glossary("de")["perplexity"].definition
    assert entries["english"] == "perplexity" and "1977" in entries["source"]
    assert made.caption == "defined" and dict(made.facts) == {"terms": "Perplexität"}


def test_several_terms_are_all_answered() -> None:
    names = [name for name, _ in told("define", term="precision, recall").entries]
    assert [name for name in names if name in ("precision", "recall")] == ["precision", "recall"]


def test_an_unknown_term_is_admitted_with_the_nearest() -> None:
    made = told("define", term="perplexty")
    assert made.caption == "unknown" and dict(made.facts) == {"term": "perplexty"}
    assert dict(made.entries)["nearest"].startswith("perplexity")


def test_where_nothing_is_near_everything_is_listed() -> None:
    made = told("define", "zh", term="zzzzqqq")
    assert made.caption == "unknown" and len(made.entries) == 6


def test_what_is_known_of_a_mixed_question_is_answered() -> None:
    made = told("define", term="recall, blorple")
    assert made.caption == "unknown" and made.entries[0][0] == "recall" and dict(made.facts)["term"] == "blorple"


def test_without_a_term_the_groups_list_every_term_once() -> None:
    made = told("define", "es")
    listed = [name for _, names in made.entries for name in names.split(", ")]
    assert sorted(listed) == sorted(term.name for term in glossary("es").values())
    assert dict(made.facts) == {"total": str(len(listed))}


def test_a_language_without_a_glossary_reads_english() -> None:
    assert glossary("fr")["lime"] == glossary("en")["lime"]
