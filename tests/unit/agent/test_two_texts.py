"""Comparisons of two texts: which words are matched, which row is the counterpart in another language, and how that is told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from agent.replying import reply  # noqa: F401 - fills the tellers
from agent.replying.suggest import suggestions
from agent.resolving.resolve import resolve
from agent.running.run import Runner
from agent.state import Answer
from agent.telling.base import TELLERS, Teller
from core.blocks import Beside, Notice
from core.data import Dataset, Instance
from core.dialogue import Request
from core.errors import UserError
from core.explanations import ALIKE, OTHER_ANSWER, TOO_SHORT, Attribution, Comparison, Match, Prediction, Token
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import complete
from core.operation import OPERATIONS
from core.progress import Progress
from core.reading import infer
from explainers.alignment import LEAST, aligned
from explainers.counterpart import counterpart
from explainers.side_by_side import compared
from models.encoder import PREFIX
from models.heads.input_reader import InputReader
from models.heads.sentence_vectors import SentenceVectors
from parsers.notation.canonical import read
from tests.tiny import LABELS, SCHEMA, instance, tiny_classifier, tiny_dataset, tiny_encoder
from tests.unit.agent.test_two_texts_asked import situation

ENCODER = tiny_encoder()
ONE, TWO = "great awful Film, plain book!", "book plain awful table great."


def attribution(text: str, label: str = "positive", number: int | None = None, language: str = "en") -> Attribution:
    """Each word scored by its place."""
    row = Instance((("text", text),), number, language=language)
    words = [(word, text.index(word)) for word in text.replace("!", " !").replace(".", " .").replace(",", " ,").split()]
    tokens = tuple(Token(word, start, start + len(word)) for word, start in words)
    chances = tuple(0.9 if one == label else 0.05 for one in LABELS)
    return Attribution(
        Prediction(row, LABELS, chances), "positive", "occlusion", tokens, tuple(range(len(tokens))), "logit"
    )


def slowly(one: Attribution, two: Attribution) -> set[tuple[str, str]]:
    """The oracle: all cosines in two loops, whole network by whole network."""

    def vectors(made: Attribution) -> dict[str, torch.Tensor]:
        encoded = InputReader(ENCODER.tokenizer, ENCODER.limit, PREFIX)(made.prediction.instance)
        with torch.no_grad():
            out = ENCODER.model(input_ids=encoded.ids[None], output_hidden_states=True).hidden_states[2][0]
        found = {}
        for word in made.tokens:
            inside = [p for p, t in zip(encoded.places, encoded.tokens) if t.start < word.end and word.start < t.end]  # noqa: B905
            if word.text.isalnum():
                found[word.text] = torch.stack([out[place] for place in inside]).mean(0)
        middle = torch.stack(list(found.values())).mean(0)
        return {word: vector - middle for word, vector in found.items()}

    ours, theirs = vectors(one), vectors(two)
    cosine = {(a, b): float(torch.cosine_similarity(x, y, dim=0)) for a, x in ours.items() for b, y in theirs.items()}
    best = {a: max(theirs, key=lambda b, a=a: cosine[a, b]) for a in ours}
    back = {b: max(ours, key=lambda a, b=b: cosine[a, b]) for b in theirs}
    return {(a, b) for a, b in best.items() if back[b] == a and cosine[a, b] >= LEAST}


def test_words_are_matched_as_the_oracle_says() -> None:
    one, two = attribution(ONE), attribution(TWO)
    found = {(match.first.text, match.second.text) for match in aligned(one, two, ENCODER)}
    assert found == slowly(one, two) and found
    again = {(match.second.text, match.first.text) for match in aligned(two, one, ENCODER)}
    assert again == found, "which text comes first makes no difference"


def test_a_text_matches_itself_word_by_word_and_punctuation_is_none() -> None:
    made = attribution(ONE)
    found = aligned(made, made, ENCODER)
    assert [match.first.text for match in found] == ["great", "awful", "Film", "plain", "book"]
    assert all(match.first == match.second and match.cosine == pytest.approx(1, abs=1e-4) for match in found)
    assert aligned(made, attribution("!"), ENCODER) == ()


def matches(*pairs: tuple[int, int]) -> tuple[Match, ...]:
    one, two = attribution("a b c d e f g h"), attribution("s t u v w x y z")
    return tuple(Match(one.tokens[first], two.tokens[second], 0.9) for first, second in pairs)


def test_figures_of_matched_words_on_paper() -> None:
    one, two = attribution("a b c d e f g h"), attribution("s t u v w x y z")
    # scores are places: 1 2 3 4 against 1 2 4 3, so one of six pairs of pairs changed places: tau = (5 - 1) / 6
    made = compared("instances", ("1", "2"), one, two, 5, matches((1, 1), (2, 2), (3, 4), (4, 3)))
    assert made.tau == pytest.approx(4 / 6, abs=1e-6) and (made.count, made.verdict) == (4, "roughly")
    assert (made.shared, made.k, made.chance) == (2, 2, 1.0), (
        "half of the pairs: the strongest of four are never all four"
    )
    assert compared("instances", ("1", "2"), one, two, 5, matches((1, 1), (2, 2), (3, 3))).verdict == TOO_SHORT
    other = attribution("s t u v w x y z", "negative")
    assert compared("instances", ("1", "2"), one, other, 5, ()).verdict == OTHER_ANSWER


def rows(*given: tuple[int, str, str, str]) -> Dataset:
    made = [
        Instance((("text", text),), number, "positive", language, "test", link=link)
        for number, text, language, link in given
    ]
    return Dataset(SCHEMA, tuple(made))


def searched(data: Dataset, asked: Instance, language: str, tmp_path: object) -> object:
    return counterpart(asked, language, data, "test", ENCODER, SentenceVectors(tmp_path), Progress())  # type: ignore[arg-type]


def test_a_linked_row_is_the_counterpart_and_else_the_nearest(tmp_path) -> None:
    linked = rows((0, "great Film", "en", "a"), (1, "wunderbarer Film", "de", "a"), (2, "great Film!", "de", "b"))
    found = searched(linked, linked.rows[0], "de", tmp_path)
    assert (found.instance.id, found.cosine) == (1, None)
    loose = rows((0, "great Film", "en", ""), (1, "leer leer Tagen", "German", ""), (2, "great Film!", "Deutsch", ""))
    found = searched(loose, loose.rows[0], "de", tmp_path)
    cosines = ENCODER.embed([row.text for row in loose.rows[1:]]) @ ENCODER.embed(["great Film"])[0]
    assert found.instance.id == 1 + int(cosines.argmax()) and found.cosine == pytest.approx(cosines.max(), abs=1e-3)
    own = searched(loose, instance("great Film"), "de", tmp_path)
    assert own.instance == found.instance, "a text of one's own has a nearest row, too"


@pytest.mark.parametrize("language", ["en", "te"])
def test_a_language_without_another_text_is_refused(language: str, tmp_path) -> None:
    data = rows((0, "great Film", "en", ""), (1, "leer", "de", ""))
    with pytest.raises(UserError) as refused:
        searched(data, data.rows[0], language, tmp_path)
    assert refused.value.kind == "unknown_choice" and refused.value.facts["known"] == "de"


def table(*given: tuple[object, ...], names: tuple[str, ...] = ("id", "text", "label", "lang")) -> Dataset:
    return infer([dict(zip(names, one, strict=True)) for one in given], "x")


def test_ids_that_every_language_has_once_link_rows() -> None:
    parallel = table((7, "a film", "x", "en"), (7, "ein Film", "x", "de"), (9, "a book", "y", "en"))
    assert [(row.id, row.link) for row in parallel.rows] == [(0, "7"), (1, "7"), (2, "9")]
    twice = table((7, "a film", "x", "en"), (7, "a book", "y", "en"))
    assert [row.link for row in twice.rows] == ["", ""], "within a language a repeated id links nothing"
    alone = table((7, "a film", "x", "en"), (8, "a book", "y", "de"))
    assert [(row.id, row.link) for row in alone.rows] == [(7, ""), (8, "")]


def test_a_column_of_its_own_links_rows_and_is_no_label() -> None:
    names = ("text", "pair_id", "lang")
    made = table(*((f"text {n} {code}", n // 3, code) for n, code in enumerate(["en", "de", "es"] * 4)), names=names)
    assert made.schema.fields == ("text",) and made.schema.labels == ()
    assert made.rows[0].link == made.rows[1].link == "0" and made.rows[3].link == "1"


def run(query: str, tmp_path: object) -> Comparison:
    library = SimpleNamespace(encoder=lambda _: ENCODER, vectors=SentenceVectors(tmp_path))  # type: ignore[arg-type]
    runner = Runner(lambda *_: tiny_classifier("roberta"), 5, library)  # type: ignore[arg-type]
    (asked,) = resolve(read(query), situation())
    made = OPERATIONS["compare"].run(asked, runner.context(asked, tiny_dataset(), Progress()))
    assert isinstance(made, Comparison)
    return made


def test_the_operation_compares_two_texts(tmp_path) -> None:
    made = run(f'compare(method=occlusion) on "{ONE}", "{ONE}"', tmp_path)
    assert (made.about, made.names, made.count) == ("instances", ("own", "own"), 5)
    assert made.tau == pytest.approx(1) and made.verdict == ALIKE and made.first.target == made.second.target
    made = run("compare(language=de, method=occlusion) where id = 0", tmp_path)
    assert made.about == "language" and made.second.prediction.instance.language == "de" and made.near is not None
    with pytest.raises(UserError, match="unknown_choice"):
        run("compare(also=edits) where id = 0 or id = 1", tmp_path)


def told(made: Comparison, language: str) -> list[object]:
    return TELLERS[Comparison](Teller(OPERATIONS["compare"].words, SCHEMA, language), made)


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("label", ["positive", "negative"])
@pytest.mark.parametrize("about", ["instances", "language"])
def test_two_texts_are_told_in_every_language(language: str, label: str, about: str) -> None:
    one, two = attribution("a b c d e f g h", number=3), attribution("s t u v w x y z", label, 5, "de")
    made = compared(about, ("3", "5"), one, two, 5, matches((1, 1), (2, 2), (3, 3), (4, 4)))
    blocks = told(replace(made, near=0.871 if about == "language" else None), language)
    said = "\n".join(block.plain for block in blocks)
    assert "{" not in said and "3" in said.splitlines()[0] and "5" in said.splitlines()[0]
    assert len([block for block in blocks if isinstance(block, Beside)]) == 1
    assert any(isinstance(block, Notice) for block in blocks) == (about == "language")
    assert ("Deutsch" in said) == (about == "language")


def test_two_own_texts_are_told_apart() -> None:
    made = compared("instances", ("own", "own"), attribution("a b"), attribution("c d"), 5, ())
    (maps,) = [block for block in told(made, "en") if isinstance(block, Beside)]
    assert (maps.first[0].title, maps.second[0].title) == ("your text", "your second text")


def test_after_two_texts_only_the_reasons_are_offered() -> None:
    made = compared("instances", ("3", "5"), attribution("a b", number=3), attribution("c d", number=5), 5, ())
    answer = Answer(Request("compare", ids=(3, 5)), made, Faithfulness(NOT_APPLICABLE, "no_reason_claimed"))
    (offered,) = suggestions(answer, "en")
    assert offered.queries == ("compare(also=rationale) where id = 3 or id = 5",)  # type: ignore[union-attr]
