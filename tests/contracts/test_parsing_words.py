"""Words for reading: every complete language has them, and they name what exists."""

import tomllib

import pytest

from core.languages import complete, languages
from core.operation import OPERATIONS
from core.settings import ROOT
from core.tutorials import AUDIENCES
from core.words import words
from explainers.base import EXPLAINERS
from explainers.rationales.prompt import STYLES
from models.precisions import PRECISIONS
from parsers.canonical_filters import SYMBOLS
from parsers.compared import QUANTIZED
from parsers.coxql import NAMES, TOPICS
from parsers.lengths import COMPARISONS
from parsers.lexicon import FOLDER, mentions
from parsers.number_words import tables
from parsers.query import names, shape

METHODS = set(EXPLAINERS.names())
KNOWN = {
    "methods": METHODS,
    "metrics": {"accuracy", "accuracy_weak", "f1", "precision", "recall", "roc"},
    "granularity": {"token", "word", "sentence"},
    "kinds": {"count", "sample"},
    "topics": set(TOPICS),
    "audience": set(AUDIENCES),
    "styles": set(STYLES),
    "precisions": {*PRECISIONS.names(), QUANTIZED},
    "languages": set(languages()),
    "lengths": set(COMPARISONS),
    "units": {"chars", "words", "sents"},
    "operations": set(names()),
    "courtesies": {"thanks", "hello", "goodbye"},
    "joints": {"and", "or", "not", "not_after", "not_joined", "then"}
    | {"not_sw", "not_es", "not_fr", "nor_de", "nor_tr", "nor_hi", "nor_after_ja"},
    "filters": {"includes", "includes_weak", "includes_after", "includes_after_weak", "labelled", "predicted"},
}


@pytest.mark.parametrize("language", complete())
def test_complete_languages_have_words_for_reading(language: str) -> None:
    assert (FOLDER / f"{language}.toml").exists(), f"language `{language}` has no parsers/lexicon/{language}.toml"
    assert language in tables(), f"language `{language}` has no number words in parsers/numbers.toml"
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    own_names = {"methods"} if language == "en" else set()  # the methods' own names are English
    contrast = "contrast" if language != "te" else "contrast_after"
    for section in {"requests", "polite", contrast, "previous", "comparing", "beside", *KNOWN} - own_names:
        assert table.get(section), f"parsers/lexicon/{language}.toml has no {section}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_lexicon_names_what_exists(path: object) -> None:
    table = tomllib.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]
    for section, known in KNOWN.items():
        unknown = set(table.get(section, {})) - known
        assert not unknown, f"{path}: [{section}] names {sorted(unknown)}, which nobody knows"


def test_every_operation_has_a_name_in_the_benchmark_notation() -> None:
    assert set(names()) <= set(NAMES), "parsers/coxql.py lacks an operation"
    assert set(shape("tutorial").variants) == {"topic"}
    assert set(SYMBOLS) == set(COMPARISONS.values())


@pytest.mark.parametrize("one", list(OPERATIONS), ids=lambda one: one.name)
def test_code_and_query_language_agree(one: object) -> None:
    known = shape(one.name)  # type: ignore[attr-defined]
    assert {slot.name for slot in one.slots} <= set(known.slots)  # type: ignore[attr-defined]
    assert known.text >= one.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("field", ["claim", "evidence", "premise", "hypothesis"])
def test_a_field_is_understood_by_its_name_on_the_page(language: str, field: str) -> None:
    named = words(ROOT / "ui" / "words.toml").say(f"field.{field}", language)
    assert [one.value for one in mentions("fields", f"{named}: 12")] == [field]
