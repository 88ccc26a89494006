"""Criticised and written again: a writer reads its own draft, says what is wrong with it, and the version that checks better is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.data import Schema
from core.delimit import material
from core.explanations import Attribution, Rationale
from core.faithfulness import Score
from core.progress import Progress
from core.refinements import EVEN, SAME, TAKEN, UNUSABLE, WORSE, Refinement, worse
from core.words import words_beside
from explainers.metrics.rationale import judge_rationale
from explainers.rationale import REWRITTEN, UNCITED, Writer, answer, brief_of, flaw, named
from explainers.rationales.cited import plain
from explainers.rationales.prompt import PLAIN, Brief, Prompt, known, opening, prompt, wanted
from models.base import ExplainedModel

WORDS = words_beside(__file__)
CHECKS = ("masked_words", "cited_strong", "rationale_language")  # one of them must come out better, and none worse
USABLE = ("", UNCITED)  # what may be wrong with a text that still says something
Figures = dict[str, float | None]


@dataclass(frozen=True)
class Told:
    """What critic and writer are told: the brief, the draft, and whether the text is left out (`strict`)."""

    brief: Brief
    draft: str
    strict: bool

    def criticise(self) -> Prompt:
        """The critic's prompt."""
        lines = [*known(self.brief, self.strict), _say(self.brief, "draft", draft=material(self.draft))]
        return Prompt("\n".join([*lines, _say(self.brief, "criticise")]), _say(self.brief, "opening"))

    def write_again(self, criticism: str) -> Prompt:
        """The writer's second prompt; the answer begins as the first one did. With the draft in it small writers copy that."""
        lines = [*known(self.brief, self.strict), _say(self.brief, "criticism", criticism=material(criticism))]
        return Prompt("\n".join([*lines, f"{_say(self.brief, 'again')} {wanted(self.brief)}"]), opening(self.brief))


def refined(model: ExplainedModel, made: Rationale, writer: Writer, draws: int, progress: Progress) -> Rationale:
    """The rationale after one round of criticism by its own writer: the new version where a check is better and none worse, else the draft.

    A small writer's criticism is often wrong, and a new version that names the same words is often the worse sentence (see
    docs/explanations.md), so the CHECKS decide and not the writer. Either way `refinement` holds both versions. Madaan et al. 2023
    (Self-Refine), arXiv 2303.17651, one round. Raises Stopped.
    """
    if made.attribution is None:
        return made
    told, seed = _told(made, made.attribution, model.schema), made.provenance.seed
    critic = answer(writer, replace(told.brief, style=PLAIN), told.criticise(), seed, progress)
    if critic.wrong not in USABLE:
        return _kept(made, critic.text, "", UNUSABLE)
    again = answer(writer, told.brief, told.write_again(critic.text), seed, progress)
    if plain(again.text) == plain(made.text):
        return _kept(made, critic.text, again.text, SAME)
    if flaw(again.own, prompt(told.brief).text, told.brief) not in USABLE:  # what it takes from the draft is no echo
        return _kept(made, critic.text, again.text, UNUSABLE)
    other = replace(made, text=again.text, cited=named(again.own, made.attribution, told.brief.labels))
    before, after = (figures(model, one, draws, progress) for one in (made, other))
    checks = tuple((name, before[name], after[name]) for name in CHECKS)
    if any(worse(one, two) for _, one, two in checks):
        return _kept(made, critic.text, again.text, WORSE, checks)
    if not any(worse(two, one) for _, one, two in checks):
        return _kept(made, critic.text, again.text, EVEN, checks)
    return replace(other, refinement=Refinement(made.text, critic.text, again.text, TAKEN, checks))


def figures(model: ExplainedModel, made: Rationale, draws: int, progress: Progress) -> Figures:
    """The figure of each of the CHECKS, higher being better; the fall without the cited words less that without as many random ones."""
    judged = judge_rationale(model, made, draws, made.provenance.seed, progress)
    return {score.metric: _figure(score) for score in judged.scores if score.metric in CHECKS}


def _figure(score: Score) -> float | None:
    """More words make a deeper fall, so what random words do is taken off; the other figures stand for themselves."""
    if score.value is None or score.metric != "masked_words":
        return score.value
    return score.value - (score.mean or 0.0)


def _told(made: Rationale, found: Attribution, schema: Schema) -> Told:
    """A draft that was written without the text is criticised without it, too: an order hidden in the text led astray before."""
    strict = any(key == REWRITTEN for key, _ in made.provenance.notes)
    return Told(brief_of(found, schema, made.language, made.style, made.audience), made.text, strict)


def _kept(
    made: Rationale,
    criticism: str,
    again: str,
    outcome: str,
    checks: tuple[tuple[str, float | None, float | None], ...] = (),
) -> Rationale:
    """The draft, with what was tried."""
    return replace(made, refinement=Refinement(made.text, criticism, again, outcome, checks))


def _say(brief: Brief, key: str, **facts: str) -> str:
    return WORDS.say(key, brief.language, **facts)
