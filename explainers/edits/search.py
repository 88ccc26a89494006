"""Looking for the smallest set of moves that makes the model answer as wanted, within a budget of candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.data import Instance
from core.explanations import Prediction
from core.progress import Progress
from core.script import unspaced
from explainers.edits.lexicon import STEP
from explainers.edits.text import Draft, Move, changed_words, clash, written
from models.base import GENERATE, Encoded, ExplainedModel

CHUNK = 32  # candidates between two looks at the stop button
BUDGET = 16_000  # positions that may go through the model for one text: about 4 s on one core for e5-small
MOST, LEAST, SLOW = 480, 96, 200  # candidates; a causal model takes 20 times as long for one
SLOW_BUDGET = 6_000  # positions of the text itself for a causal model
WIDTH, TRIED, ROUNDS = 8, 14, 4  # drafts kept in a round, moves tried on each, and rounds
FIRST = 0.6  # of the budget goes to single moves at most
JOINED = 0.9  # of it goes to single and joined ones; the rest undoes what is not needed
STACKED = 8  # moves that are made together where a beam would cost too much
Goal = Callable[[Prediction], float]
"""How far the answer is the wanted one: above 0 it is."""


def budget(model: ExplainedModel, encoded: Encoded) -> int:
    """How many candidates may be asked for a text."""
    if GENERATE in model.capabilities:  # a prompt before the text is read once
        return max(LEAST, min(SLOW, SLOW_BUDGET // max(1, len(encoded.tokens))))
    return max(LEAST, min(MOST, BUDGET // max(1, len(encoded.ids))))


@dataclass
class Candidate:
    """A draft with the text it makes, the model's answer, and how far that reaches the goal."""

    draft: Draft
    prediction: Prediction
    gain: float
    changed: int

    @property
    def rank(self) -> float:
        """Lower is better: words changed, how unnatural the moves tend to be, and a little for a sure answer."""
        return effort(self.draft, self.changed, self.prediction.instance) - self.prediction.confidence


@dataclass
class Search:
    """Asks the model about drafts of one instance, each text once, and remembers all answers."""

    model: ExplainedModel
    instance: Instance
    goal: Goal
    limit: int
    progress: Progress
    known: dict[Instance, Prediction] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        """Candidates asked so far."""
        return len(self.known)

    def ask(self, drafts: Sequence[Draft], share: float = 1.0) -> list[Candidate]:
        """The candidates of these drafts, as far as this share of the budget reaches."""
        made = [(draft, written(self.instance, draft)) for draft in drafts]
        made = [(draft, row) for draft, row in made if row.fields != self.instance.fields and row.text.strip()]
        fresh = list(dict.fromkeys(row for _, row in made if row not in self.known))
        room = max(0, int(share * self.limit) - self.tried)
        for start in range(0, len(fresh := fresh[:room]), CHUNK):
            self.progress(STEP, 0.5 + 0.5 * self.tried / self.limit)
            chunk = fresh[start : start + CHUNK]
            self.known |= dict(zip(chunk, self.model.predict(chunk), strict=True))
        return [self._candidate(draft, row) for draft, row in made if row in self.known]

    def _candidate(self, draft: Draft, row: Instance) -> Candidate:
        answer = self.known[row]
        return Candidate(draft, answer, self.goal(answer), changed_words(self.instance.text, row.text))

    def begun(self, drafts: Sequence[Draft]) -> list[Candidate]:
        """The candidates of the first drafts; a part of the budget is left for joining them."""
        return self.ask(drafts, FIRST)

    def grown(self, singles: Sequence[Candidate], enough: int) -> list[Candidate]:
        """All candidates of a beam search that joins the best single moves, until `enough` reach the goal."""
        found = list(singles)
        useful = sorted(singles, key=_value, reverse=True)
        alone = [one.draft[0] for one in useful if len(one.draft) == 1]
        beam = [one for one in useful if one.gain <= 0][:WIDTH]
        if self.limit <= SLOW and sum(one.gain > 0 for one in found) < enough:
            found += self.ask(_stacked(alone), JOINED)
        for _ in range(ROUNDS):
            if sum(one.gain > 0 for one in found) >= enough or not beam or self.tried >= int(JOINED * self.limit):
                break
            made = self.ask(_joined(beam, alone), JOINED)
            found += made
            beam = sorted((one for one in made if one.gain <= 0), key=_value, reverse=True)[:WIDTH]
        return found

    def pruned(self, candidate: Candidate) -> Candidate:
        """The same without the moves that the goal does not need."""
        while len(candidate.draft) > 1:
            less = [tuple(move for move in candidate.draft if move is not out) for out in candidate.draft]
            kept = [one for one in self.ask(less) if one.gain > 0]
            if not kept:
                return candidate
            candidate = min(kept, key=lambda one: one.rank)
        return candidate


def effort(draft: Draft, changed: int, row: Instance) -> float:
    """How far a draft goes: words changed (of scripts without spaces, two signs are a word), and how unnatural its moves are."""
    share = 0.5 if unspaced(row.text) else 1.0
    return changed * share + 2 * sum(move.cost for move in draft)


def _value(candidate: Candidate) -> float:
    """What a draft is worth for going on: near the goal and natural."""
    return candidate.gain - 0.04 * effort(candidate.draft, candidate.changed, candidate.prediction.instance)


def _stacked(moves: Sequence[Move]) -> list[Draft]:
    """The best two, three, … single moves together: a few questions instead of a beam; `pruned` undoes what is not needed."""
    stack: list[Move] = []
    for move in moves:
        if not any(clash(move, other) for other in stack):
            stack.append(move)
    return [tuple(stack[:count]) for count in range(2, min(len(stack), STACKED) + 1)]


def _joined(beam: Sequence[Candidate], moves: Sequence[Move]) -> list[Draft]:
    """Every draft of the beam with each of the first moves that touch none of its places."""
    found: dict[frozenset[Move], Draft] = {}
    for one in beam:
        free = [move for move in moves if not any(clash(move, other) for other in one.draft)][:TRIED]
        for move in free:
            found.setdefault(frozenset((*one.draft, move)), (*one.draft, move))
    return list(found.values())


def diverse(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """The best `count`, each changing another place; where there are not so many, the next best follow."""
    ranked = sorted(candidates, key=lambda one: (one.rank, one.prediction.instance.text))
    chosen: list[Candidate] = []
    for strict in (True, False):
        for one in ranked:
            places = {move.place for move in one.draft}
            taken = any(places & {move.place for move in other.draft} for other in chosen)
            if len(chosen) < count and one not in chosen and not (strict and taken):
                chosen.append(one)
    return sorted(chosen, key=ranked.index)
