"""Does a rationale hold? Its cited words are cut out and the model asked again, beside as many words picked at random."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

from core.explanations import Attribution, Rationale
from core.faithfulness import UNCLEAR, Faithfulness, Score
from core.progress import Progress
from core.refinements import COMPOSED
from core.script import is_word
from explainers.base import target_of
from explainers.metrics.base import Kept
from explainers.metrics.rationale_base import RATIONALE_METRICS, Case
from explainers.metrics.variants import probabilities, units_of
from explainers.metrics.verdict import verdict
from explainers.rationales.spoken import spoken
from models.base import ExplainedModel

STRONG = "cited_strong"
ABOUT = "rationale"  # names the sentences that tell the verdict
FEWEST = 10  # random sets of words, or no verdict could be given
Cut = frozenset[int]


def judge_rationale(
    model: ExplainedModel,
    made: Rationale,
    draws: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
    case: Case | None = None,
) -> Faithfulness:
    """How much the probability of the answer falls without the cited words, beside as many random words of the same text.

    Tests the words that are named, not the sentence around them. Wiegreffe and Marasović 2021, arXiv 2102.12060, section 3;
    the test is that of explainers.metrics.verdict. With a `case` the metrics of explainers.metrics.rationale_base follow, which
    are too dear for a chat and change no verdict. Raises UserError("other_model") like the judge of attributions.
    """
    found = made.attribution
    language = Score("rationale_language", _language(made), low=0.0, high=1.0, reason="too_little_said")
    places = _places(made, found) if found else frozenset()
    deep = tuple(one.measure(case) for one in RATIONALE_METRICS) if case else ()
    if found is None or not places:
        unknown = [Score(name, None, reason="nothing_cited") for name in ("masked_words", STRONG)]
        return Faithfulness(UNCLEAR, "nothing_cited", (*unknown, language, *deep), ABOUT)
    words = [place for place, token in enumerate(found.tokens) if is_word(token.text)]
    sets, everything = subsets(words, len(places), max(FEWEST, draws), seed)
    falls = _falls(model, found, [places, *sets], progress or Progress())
    own, chance = falls[0], tuple(falls[1:])
    judged, reason = verdict(own, chance, everything, max(falls) - min(*falls, 0.0))
    masked = Score("masked_words", own, chance, -1.0, 1.0, unit="probability")
    strong = Score(STRONG, None, reason="composed") if made.generator == COMPOSED else _strong(found, places, sets)
    return Faithfulness(judged, _why(reason, len(places), len(words)), (masked, strong, language, *deep), ABOUT)


def _why(reason: str, named: int, words: int) -> str:
    """The verdict's reason as it is said of words: few sets are left to compare with where most words are named, however long the text."""
    if reason == "too_short" and 2 * named > words:
        return "names_all"
    return reason and f"{reason}_words"


def subsets(words: Sequence[int], size: int, draws: int, seed: int) -> tuple[list[Cut], bool]:
    """Sets of `size` of the words: every one there is (True) where they are at most `draws`, else so many at random."""
    if math.comb(len(words), size) <= draws:
        return [frozenset(chosen) for chosen in itertools.combinations(words, size)], True
    source = random.Random(seed)
    return [frozenset(source.sample(words, size)) for _ in range(draws)], False


def _falls(model: ExplainedModel, found: Attribution, cuts: Sequence[Cut], progress: Progress) -> list[float]:
    """How far the probability of the answer falls when each set of words is cut out."""
    encoded, units = units_of(model, found)
    whole: Kept = frozenset(range(len(units)))
    target = target_of(model, found.prediction.label, "")
    said = probabilities(model, encoded, units, target, {whole, *(whole - cut for cut in cuts)}, progress)
    return [said[whole] - said[whole - cut] for cut in cuts]


def _strong(found: Attribution, cited: Cut, sets: Sequence[Cut]) -> Score:
    """Share of the cited words that are among as many strongest words of the attribution, beside random words."""
    order = sorted(range(len(found.scores)), key=lambda place: -found.scores[place])
    strong = set([place for place in order if is_word(found.tokens[place].text)][: len(cited)])
    return Score(
        STRONG, _share(cited, strong), tuple(_share(chosen, strong) for chosen in sets), 0.0, 1.0, unit="share"
    )


def _share(chosen: Cut, strong: set[int]) -> float:
    return len(chosen & strong) / len(chosen)


def _places(made: Rationale, found: Attribution) -> Cut:
    cited = {(token.field, token.start, token.end) for token in made.cited}
    return frozenset(
        place for place, token in enumerate(found.tokens) if (token.field, token.start, token.end) in cited
    )


def _language(made: Rationale) -> float | None:
    """1 where the text is in the language that it should be in, 0 where it is not, None where too little is left to tell."""
    told = spoken(made.text, made.language)
    return None if told is None else float(told)
