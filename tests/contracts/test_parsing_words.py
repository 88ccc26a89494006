"""Words for reading: every complete language has them, and they name what exists."""

import tomllib

import pytest

from core.dialogue import SAME
from core.languages import complete, languages
from core.operation import OPERATIONS, PRECISION, Operation
from core.settings import ROOT
from core.tutorials import AUDIENCES
from core.words import words
from explainers.base import EXPLAINERS
from explainers.rationales.prompt import STYLES
from models.quantization.precisions import PRECISIONS
from parsers.notation.canonical_filters import SYMBOLS
from parsers.notation.coxql import NOTATIONS, TOPICS, operations
from parsers.notation.shapes import names, shape
from parsers.rules.comparisons import QUANTIZED
from parsers.rules.lengths import COMPARISONS
from parsers.words.lexicon import FOLDER, mentions
from parsers.words.number_words import tables

METHODS = set(EXPLAINERS.names())
DENIALS = ("not", "nor", "nor_after")  # joints that may hold in one language alone: "not_es"
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
    "joints": {"and", "or", "not", "not_after", "not_joined", "then"},
    "filters": {
        *(f"includes{side}{kind}" for side in ("", "_after") for kind in ("", "_weak", "_noun")),
        "labelled",
        "predicted",
    },
}


@pytest.mark.parametrize("language", complete())
def test_complete_languages_have_words_for_reading(language: str) -> None:
    assert (FOLDER / f"{language}.toml").exists(), f"language `{language}` has no parsers/words/lexicon/{language}.toml"
    assert language in tables(), f"language `{language}` has no number words in parsers/words/numbers.toml"
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    own_names = {"methods"} if language == "en" else set()  # the methods' own names are English
    contrast = "contrast" if language != "te" else "contrast_after"
    for section in {"requests", "polite", contrast, "previous", "comparing", "beside", *KNOWN} - own_names:
        assert table.get(section), f"parsers/words/lexicon/{language}.toml has no {section}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_lexicon_names_what_exists(path: object) -> None:
    table = tomllib.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]
    for section, known in KNOWN.items():
        own = {f"{denial}_{path.stem}" for denial in DENIALS} if section == "joints" else set()  # type: ignore[attr-defined]
        unknown = set(table.get(section, {})) - known - own
        assert not unknown, f"{path}: [{section}] names {sorted(unknown)}, which nobody knows"


def test_every_section_is_described() -> None:
    described = tomllib.loads(FOLDER.with_suffix(".toml").read_text("utf-8"))
    sections = {section for path in FOLDER.glob("*.toml") for section in tomllib.loads(path.read_text("utf-8"))}
    keys = {key for table in tables().values() for key in table}
    assert set(described["lexicon"]) == sections, (
        "parsers/words/lexicon.toml and parsers/words/lexicon/ have other sections"
    )
    assert set(described["numbers"]) == keys, (
        "parsers/words/lexicon.toml and parsers/words/numbers.toml have other keys"
    )


def test_every_operation_has_one_name_in_the_benchmark_notation() -> None:
    assert sorted(operations().values()) == list(names()), "two operations share a name in parsers/notation/coxql.py"
    assert set(NOTATIONS) <= set(names()), "parsers/notation/coxql.py names an operation that nobody knows"
    assert set(SYMBOLS) == set(COMPARISONS.values())


@pytest.mark.parametrize("one", list(OPERATIONS), ids=lambda one: one.name)
def test_the_query_language_is_made_from_the_declarations(one: Operation) -> None:
    known = shape(one.name)
    declared = {slot.name for slot in one.slots}
    assert set(known.slots) == declared | ({PRECISION} if one.needs else set())
    assert known.variants == tuple(slot.name for slot in one.slots if slot.variant)
    assert (known.text, known.pairs) == (one.text, bool(one.sides))


def test_a_follow_up_changes_only_slots_that_some_operation_has() -> None:
    assert set(shape(SAME).slots) <= {name for one in OPERATIONS for name in one.slot_names}


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("field", ["claim", "evidence", "premise", "hypothesis"])
def test_a_field_is_understood_by_its_name_on_the_page(language: str, field: str) -> None:
    named = words(ROOT / "ui" / "words.toml").say(f"field.{field}", language)
    assert [one.value for one in mentions("fields", f"{named}: 12")] == [field]
