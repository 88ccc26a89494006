"""Explanations: what an operation gives back, each with where it came from, and how far it can be trusted."""

from __future__ import annotations

from typing import Union

from core.data import Instance
from core.past import History, Reproduction
from core.provenance import Provenance
from core.refinements import Refinement
from core.values import value


@value
class Token:
    """A piece of the user's text: characters [start, end) of the field's text, as the text writes them."""

    text: str
    start: int
    end: int
    field: str = "text"


@value
class Prediction:
    """The model's output for one instance; probabilities in the order of `labels`, each 0 to 1, their sum 1."""

    instance: Instance
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    provenance: Provenance = Provenance()

    @property
    def label(self) -> str:
        """The label with the highest probability; the first of equals."""
        return self.labels[self.probabilities.index(max(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The probability of that label."""
        return max(self.probabilities)


@value
class Attribution:
    """One signed score a token: how much the token moves the target.

    `unit` is the unit of the explained output ("logit", "log_probability" or "probability"), which the scores share unless
    the method says otherwise. `gap` is |sum of scores − (f(input) − f(baseline))| for methods that promise completeness, else None.
    `written` is what the model writes after the text, where the target is a stretch of that and no label.
    """

    prediction: Prediction
    target: str
    method: str
    tokens: tuple[Token, ...]
    scores: tuple[float, ...]
    unit: str
    granularity: str = "word"
    contrast: str = ""
    baseline: str = ""
    gap: float | None = None
    signed: bool = True
    top: int | None = None
    written: str = ""
    provenance: Provenance = Provenance()


@value
class Instances:
    """Rows of the data set, shown as they are; `total` counts those that matched, of which these are the first."""

    rows: tuple[Instance, ...]
    total: int
    provenance: Provenance = Provenance()


@value
class Table:
    """Rows of cells under column keys; cells are text or numbers. `caption` is a key in the operation's words."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    caption: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    plot: str = ""
    provenance: Provenance = Provenance()


@value
class Card:
    """A description: named entries in reading order. `caption` is a key in the operation's words."""

    entries: tuple[tuple[str, str], ...]
    caption: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    provenance: Provenance = Provenance()


COUNTERFACTUAL, ADVERSARIAL, AUGMENT = "counterfactual", "adversarial", "augment"


@value
class Edit:
    """A changed version of a text, as the instance of `prediction`, which is the explained model's.

    `similarity` is the cosine of sentence vectors of both texts (−1 to 1), `changed` the number of words put in, taken out or
    replaced, `fluency` the perplexity after over before (None where no language model was asked), `judge` the label that
    an independent model gives ("" where none was asked).
    """

    prediction: Prediction
    similarity: float
    changed: int
    fluency: float | None = None
    judge: str = ""


@value
class Edits:
    """Changed versions of one text, best first. `kind` is COUNTERFACTUAL, ADVERSARIAL or AUGMENT.

    `target` is the label that was asked for ("" for any other). Where nothing was found within the budget of `tried`
    candidates, `attempt` is the one that came closest.
    """

    original: Prediction
    kind: str
    edits: tuple[Edit, ...]
    target: str = ""
    attempt: Edit | None = None
    tried: int = 0
    provenance: Provenance = Provenance()


@value
class Neighbours:
    """Rows of the data set that go with one instance, strongest first, each with its score in `unit` ("cosine", "logit")."""

    instance: Instance
    rows: tuple[Instance, ...]
    scores: tuple[float, ...]
    unit: str
    prediction: Prediction | None = None
    searched: int = 0
    provenance: Provenance = Provenance()


@value
class Rationale:
    """An explanation in words that `generator` wrote about `prediction`; `cited` are the words of the text that it names.

    `generator` is COMPOSED where no language model wrote it. `refinement` says how it was criticised, where that was asked for.
    """

    prediction: Prediction
    text: str
    cited: tuple[Token, ...]
    generator: str
    style: str
    audience: str
    language: str
    attribution: Attribution | None = None
    refinement: Refinement | None = None
    provenance: Provenance = Provenance()


EDIT_LABEL, LEARN, UNLEARN, UNDO = "edit_label", "learn", "unlearn", "undo"


@value
class Change:
    """What changed when the session's copy of the model or the data did: for one instance, and on the test rows.

    `kind` is EDIT_LABEL, LEARN, UNLEARN or UNDO (of the change before). `gold` holds the label before and after; `right` the
    number of `total` test rows that are right before and after; `moved` the test rows whose prediction changed: id, before, after;
    `turned` how many of them turned right and how many wrong.
    """

    kind: str
    instance: Instance
    gold: tuple[str, str]
    before: Prediction
    after: Prediction
    right: tuple[int, int]
    total: int
    moved: tuple[tuple[int, str, str], ...] = ()
    provenance: Provenance = Provenance()
    turned: tuple[int, int] = (0, 0)


PRECISION, METHOD, MODEL, INSTANCES, LANGUAGE = "precision", "method", "model", "instances", "language"
TWO_TEXTS = (INSTANCES, LANGUAGE)  # comparisons whose sides are two texts: words are matched by meaning, not by place
EDITS, RATIONALE = "edits", "rationale"  # what a comparison may hold beside the words
ALIKE, ROUGHLY, OTHERWISE, OTHER_ANSWER, TOO_SHORT = "alike", "roughly", "otherwise", "other_answer", "too_short"


@value
class Crossed:
    """A changed text that one side (`finder`: 0 or 1) found to change its answer, and the label that each side gives it."""

    finder: int
    edit: Edit
    labels: tuple[str, str]


@value
class Match:
    """A word of one text and the word of the other that means the same there; `cosine` of their centred contextual vectors."""

    first: Token
    second: Token
    cosine: float


@value
class Comparison:
    """One question asked twice: two attributions for the same target, and how far their words' ranks agree.

    `about` is what differs (PRECISION, METHOD, MODEL, INSTANCES or LANGUAGE) and `names` how each side calls it. Kendall's tau-b and
    Spearman's rho are over the `count` words that both sides score (of two texts: that are matched), −1 to 1, None where one side
    scores all alike; `shared` of the `k` strongest words are the same, `chance` is how many would be by chance. `verdict` is one of
    the five above. Where it was `also` asked for: counterfactuals of both sides (EDITS), or their reasons in words with the cosine
    of these (RATIONALE). Two texts: `matches`, and `near`, the cosine of a row that was taken because the data link none.
    """

    about: str
    names: tuple[str, str]
    first: Attribution
    second: Attribution
    tau: float | None
    rho: float | None
    shared: int
    k: int
    chance: float
    count: int
    verdict: str
    also: str = ""
    crossed: tuple[Crossed, ...] = ()
    reasons: tuple[Rationale, ...] = ()
    likeness: float | None = None
    matches: tuple[Match, ...] = ()
    near: float | None = None
    provenance: Provenance = Provenance()


Explanation = Union[
    Prediction,
    Attribution,
    Instances,
    Table,
    Card,
    Edits,
    Neighbours,
    Rationale,
    Change,
    Comparison,
    History,
    Reproduction,
]
