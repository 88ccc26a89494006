"""What a turn of the conversation holds, and what a session remembers between turns."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue import Alteration, Clarification, Parse, Reply, Request, Utterance
from core.errors import UserError
from core.explanations import Explanation
from core.faithfulness import Faithfulness
from core.filters import Filter, Previous, by_ids
from core.languages import clean
from core.values import value

ANSWERED, ASKED, FAILED, STOPPED = "answered", "clarification", "error", "stopped"
AUTO = "auto"  # the answer's language where none is forced


@value
class Message:
    """What the page or the terminal sends. `language` is "auto" or forces the answer's language; `interface` is the page's.

    `query` is a canonical query that was edited or clicked; it takes the parser's place. `fields` are a two-field form.
    `link` is what a share link brought: its requests are run as they are. `planner` is the chat model that plans its steps.
    """

    text: str = ""
    language: str = AUTO
    interface: str = "en"
    model: str = ""
    precision: str = ""
    dataset: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    query: str = ""
    link: str = ""
    planner: str = ""

    @property
    def cleaned(self) -> Message:
        """The message with texts that every store and page can hold: half an emoji, cut off by another program, is none."""
        fields = tuple((clean(name), clean(text)) for name, text in self.fields)
        return replace(self, text=clean(self.text), query=clean(self.query), fields=fields)

    @property
    def length(self) -> int:
        """Characters of all that was said: the message, and the texts of a form."""
        return len(self.query or self.text) + sum(len(text) for _, text in self.fields)


@value
class Answer:
    """One request with its explanation and how far it can be trusted."""

    request: Request
    explanation: Explanation
    faithfulness: Faithfulness


@value
class Problem:
    """An error that the user can do something about: a kind of core/errors.toml and its facts."""

    kind: str
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, error: UserError) -> Problem:
        """The problem that an error tells of."""
        return cls(error.kind, tuple(error.facts.items()))


@value
class Copy:
    """The session's own copy of a data set under a model: its changes, oldest first."""

    dataset: str
    model: str
    changes: tuple[Alteration, ...]


@value
class Memory:
    """What "the same", "among those" and "and for 12?" refer to, and the session's copies.

    `told` are the requests of the last answer, of whatever kind; `reader` is the audience that the session asked to be told for.
    "Those" are the rows `matched`; where a filter found many, also the rows of `split` that fit `fitting`. `revisions` are those of the
    data that the session has seen, by name. `asked` is the question back that waits for its answer, `spoken` the language of the
    last message, `language` the one wished for all answers.
    """

    requests: tuple[Request, ...] = ()
    told: tuple[Request, ...] = ()
    reader: str = ""
    ids: tuple[int, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    matched: tuple[int, ...] = ()
    dataset: str = ""
    copies: tuple[Copy, ...] = ()
    fitting: Filter | None = None
    split: str = ""
    revisions: tuple[tuple[str, str], ...] = ()
    asked: Clarification | None = None
    spoken: str = ""
    language: str = ""

    def those(self, dataset: str, split: str) -> Filter:
        """The rows of this data set that "those" would mean to a question about `split`: a filter that found them there tells them
        shortest. Without an answer before, the filter that keeps none.
        """
        if dataset != self.dataset:
            return Previous()
        told = self.fitting if split == self.split or not self.matched else None
        return told or by_ids(self.matched) or Previous()

    def on(self, dataset: str, revision: str) -> Memory:
        """The memory as far as it holds for these rows: another file of a name begins without changes, "it" and "those"."""
        seen = dict(self.revisions)
        made = replace(self, revisions=tuple((seen | {dataset: revision}).items()))
        if seen.get(dataset, revision) == revision:
            return made
        made = replace(made, copies=tuple(copy for copy in self.copies if copy.dataset != dataset))
        new = replace(made, requests=(), told=(), ids=(), matched=(), fitting=None, asked=None)
        return new if dataset == self.dataset else made

    def with_changes(self, request: Request) -> Request:
        """The request on the session's copy of its data set and model."""
        own = [copy.changes for copy in self.copies if (copy.dataset, copy.model) == (request.dataset, request.model)]
        return replace(request, changes=own[0] if own else ())

    def opened(self, request: Request) -> Memory:
        """The memory after a link: where the session had changed nothing itself, what the link brings is its copy from now on."""
        own = self.with_changes(request).changes
        return self if own else self.changed(request, request.changes)

    def changed(self, request: Request, changes: tuple[Alteration, ...]) -> Memory:
        """The memory with these changes of the copy that the request is about."""
        rest = [copy for copy in self.copies if (copy.dataset, copy.model) != (request.dataset, request.model)]
        new = [Copy(request.dataset, request.model, changes)] if changes else []
        return replace(self, copies=(*rest, *new))


@value
class Turn:
    """One turn, complete: what was said, how it was read, what was asked of the program, what came back."""

    message: Message
    outcome: str
    reply: Reply
    utterance: Utterance | None = None
    parse: Parse | None = None
    answers: tuple[Answer, ...] = ()
    clarification: Clarification | None = None
    problem: Problem | None = None
    seconds: float = 0.0

    @property
    def request(self) -> Request | None:
        """The first request."""
        return self.answers[0].request if self.answers else None

    @property
    def explanation(self) -> Explanation | None:
        """The first explanation."""
        return self.answers[0].explanation if self.answers else None

    @property
    def faithfulness(self) -> Faithfulness | None:
        """The first explanation's faithfulness."""
        return self.answers[0].faithfulness if self.answers else None
