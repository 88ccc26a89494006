"""One model in one precision at work on some items: it answers, explains itself, and everything about that is measured."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import regex

from core.data import Instance
from core.errors import UserError
from core.explanations import Prediction, Rationale
from core.progress import Progress
from core.script import is_word
from explainers.base import attribute
from explainers.edits.figures import similarities
from explainers.edits.fluency import changed_text, fluencies
from explainers.edits.lexicon import training_rows
from explainers.edits.second import second
from explainers.edits.text import changed_words, words_of
from explainers.metrics.cc_shap import cc_shap
from explainers.metrics.rationale_base import Case, words_in
from explainers.metrics.rationale_edits import Insertion, flips, mentions
from explainers.rationales.cited import cited
from jobs.precision_study.arms import Arm, Budget, Helpers, Row, key_of
from jobs.precision_study.data import Item, Studied
from jobs.precision_study.prompts import edit_prompt, edited, rationale_prompt, tidy_edit, tidy_rationale
from jobs.shared.precisions import clock
from models.base import ExplainedModel
from models.generation.batch_writer import BatchWriter
from models.generation.likelihood import Likelihood, mean

WORDS = 500  # training words that may be put into a text
LETTERS = regex.compile(r"[\p{L}\p{M}\u200c\u200d]+")  # also of scripts whose vowels are marks


@dataclass
class Bench:
    """The model of one arm with its writer and likelihood, which share its weights."""

    arm: Arm
    model: ExplainedModel
    writer: BatchWriter
    likelihood: Likelihood
    helpers: Helpers
    data: Studied
    budget: Budget
    seed: int = 0
    _seconds: dict[str, float] = field(default_factory=dict)
    _known: dict[str, list[str]] = field(default_factory=dict)

    def rows(self, items: Sequence[Item], deep: frozenset[str]) -> list[Row]:
        """One row an item. `deep` names the items that get the dear measures, too. Raises UserError("bad_numbers")."""
        try:
            rows = self._rows(items, deep)
            for row in rows:
                _check_finite(row)
        except FloatingPointError as error:
            raise UserError("bad_numbers", model=self.model.name, precision=self.model.precision) from error
        return rows

    def _rows(self, items: Sequence[Item], deep: frozenset[str]) -> list[Row]:
        self._seconds = {}
        with self._stage("predict"):
            answers = self.model.predict([item.instance for item in items])
        for said in answers:
            _check_finite(said.probabilities)
        rows = [self._answered(item, said) for item, said in zip(items, answers, strict=True)]
        if not self.arm.sample:
            self._likely(items, rows)
        if not self.arm.light:
            self._rationales(items, answers, rows, deep)
            self._edits(items, answers, rows)
        if not self.arm.sample and not self.arm.light:
            self._attributed(items, rows, deep)
        for row in rows:
            row["seconds"] = {stage: round(spent / len(items), 4) for stage, spent in self._seconds.items()}
        return rows

    def _answered(self, item: Item, said: Prediction) -> Row:
        return {
            "key": key_of(self.arm, item),
            "arm": self.arm.name,
            "precision": self.arm.precision,
            "sample": self.arm.sample,
            "id": item.instance.id,
            "language": item.instance.language,
            "gold": item.instance.label,
            "predicted": said.label,
            "confidence": said.confidence,
            "right": float(said.label == item.instance.label),
        }

    def _likely(self, items: Sequence[Item], rows: Sequence[Row]) -> None:
        """How likely the texts are, and people's explanations of them beside explanations of other texts."""
        with self._stage("perplexity"):
            for row, said in zip(rows, self.likelihood.log_probs([item.instance.text for item in items]), strict=True):
                row |= {"text_log_prob": mean(said), "text_tokens": len(said)}
        with self._stage("human"):
            known = [item for item in items if item.explanations and item.shuffled]
            asked = [
                (rationale_prompt(self.model.schema, item.instance, item.instance.label), text)
                for item in known
                for text in (item.explanations[0], item.shuffled)
            ]
            found = iter(self.writer.log_probs(asked))
            guesses = iter(self.helpers.reader.labels_of([text for _, text in asked]))
            for item, row in zip(items, rows, strict=True):
                if item in known:
                    row |= {"human_log_prob": mean(next(found)), "shuffled_log_prob": mean(next(found))}
                    row |= {"human_guess": next(guesses), "shuffled_guess": next(guesses)}

    def _rationales(
        self, items: Sequence[Item], answers: Sequence[Prediction], rows: Sequence[Row], deep: frozenset[str]
    ) -> None:
        """The model's own reasons, what they are like, and whether they follow its behaviour."""
        with self._stage("rationale"):
            texts = self._reasons(answers, [item.name for item in items])
        with self._stage("reading"):
            guesses = self.helpers.reader.labels_of(texts)
        for item, row, text, guess in zip(items, rows, texts, guesses, strict=True):
            people = similarities(self.helpers.encoder, text, item.explanations) if text.strip() else []
            row |= {"rationale": text, "guessed": guess, "words": float(len(words_of(text)))}
            row |= {"distinct_2": distinct(text, 2), "human_similarity": max(people, default=None)}
        with self._stage("edit_test"):
            self._edit_test(items, answers, rows)
        with self._stage("cc_shap"):
            for item, said, row, text in zip(items, answers, rows, texts, strict=True):
                if item.name in deep and text.strip():
                    row |= self._cc_shap(said, text)

    def _reasons(self, answers: Sequence[Prediction], names: Sequence[str]) -> list[str]:
        prompts = [rationale_prompt(self.model.schema, said.instance, said.label) for said in answers]
        seeds = [self._draw(name, "rationale") for name in names]
        return [tidy_rationale(said) for said in self.writer.write(prompts, self.budget.tokens, seeds)]

    def _edit_test(self, items: Sequence[Item], answers: Sequence[Prediction], rows: Sequence[Row]) -> None:
        """Where an inserted word changes the answer: does the new reason name it? One insertion an item is asked about."""
        tested: list[tuple[Row, Insertion, str]] = []
        for item, said, row in zip(items, answers, rows, strict=True):
            words, seed = self._words(item.instance.language), zlib.crc32(item.name.encode())
            found = flips(self.model, said, words, seed, Progress(), self.budget.tried)
            row |= {"flips": len(found), "testable": float(bool(found))}
            tested += [(row, found[0], item.name)] if found else []
        if not tested:
            return
        answered = self.model.predict([insertion[0] for _, insertion, _ in tested])
        reasons = self._reasons(answered, [name for _, _, name in tested])
        for (row, insertion, _), text in zip(tested, reasons, strict=True):
            there = words_in(self.model, insertion[0])
            named = cited(text, there, insertion[0], self.model.labels)
            row |= {"edit_named": float(mentions(named, insertion)), "edit_chance": len(named) / max(1, len(there))}

    def _cc_shap(self, said: Prediction, text: str) -> Row:
        """Agreement of contributions, with the writer's probabilities of its own words."""

        def told(variants: Sequence[Instance]) -> list[tuple[float, ...]]:
            prompts = [rationale_prompt(self.model.schema, one, said.label) for one in variants]
            return self.writer.log_probs([(prompt, text) for prompt in prompts])

        made = Rationale(said, text, (), self.writer.generator.name, "plain", "user", said.instance.language)
        found = cc_shap.measure(Case(self.model, made, told=told, budget=self.budget.variants, seed=self.seed))
        return {"cc_shap": found.value, "cc_shap_chance": found.mean}

    def _edits(self, items: Sequence[Item], answers: Sequence[Prediction], rows: Sequence[Row]) -> None:
        """Counterfactuals that the model writes itself: how small, how natural, and whether its answer really changes."""
        name = self.model.schema.fields[-1]
        with self._stage("counterfactual"):
            prompts = [edit_prompt(self.model.schema, said.instance, said.label, runner_up(said)) for said in answers]
            seeds = [self._draw(item.name, "counterfactual") for item in items]
            texts = [tidy_edit(said, name) for said in self.writer.write(prompts, self.budget.tokens, seeds)]
            made = [edited(item.instance, name, text) for item, text in zip(items, texts, strict=True)]
            kept = [place for place, text in enumerate(texts) if any(map(str.isalnum, text))]
            after = dict(zip(kept, self.model.predict([made[place] for place in kept]), strict=True))
        with self._stage("fluency"):
            for place, row in enumerate(rows):
                changed = place in after and made[place].fields != items[place].instance.fields
                flip = changed and after[place].label != answers[place].label
                row |= {"edit": texts[place], "edit_made": float(changed), "edit_flip": float(flip)}
                if changed:
                    row |= self._edit_figures(items[place].instance, made[place])

    def _edit_figures(self, before: Instance, after: Instance) -> Row:
        old, new = changed_text(after, before)
        judge = second(self.data.dataset, before.language)
        said = judge.labels_of([before, after]) if judge else ["", ""]
        fluent = fluencies(self.helpers.fluent, old, [new])[0] if self.helpers.fluent else None
        return {
            "edit_share": changed_words(old, new) / max(1, len(words_of(old))),
            "edit_similarity": similarities(self.helpers.encoder, before.text, [after.text])[0],
            "edit_fluency": fluent,
            "edit_judge": float(said[0] != said[1]) if judge else None,
        }

    def _attributed(self, items: Sequence[Item], rows: Sequence[Row], deep: frozenset[str]) -> None:
        """The words' scores for the gold label, which is the same for all precisions."""
        with self._stage("attribution"):
            for item, row in zip(items, rows, strict=True):
                if item.name in deep:
                    made = attribute(self.model, item.instance, "occlusion", item.instance.label)
                    pairs = zip(made.tokens, made.scores, strict=True)
                    row["attribution"] = [score for token, score in pairs if is_word(token.text)]

    def _words(self, language: str) -> list[str]:
        """Words of training rows in the language, the same for all precisions."""
        if language not in self._known:
            every = {word for row in training_rows(self.data.dataset, language) for word in words_of(row.text)}
            known = sorted(word for word in every if LETTERS.fullmatch(word))
            self._known[language] = random.Random(self.seed).sample(known, min(WORDS, len(known)))
        return self._known[language]

    def _draw(self, item: str, what: str) -> int:
        """The sampling seed of one answer: the same for all precisions."""
        return zlib.crc32(f"{self.seed}/{self.arm.sample}/{item}/{what}".encode())

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        """Seconds of a stage: the processor's, or the GPU's."""
        device = self.writer.generator.model.device
        begun = clock(device)
        yield
        self._seconds[name] = self._seconds.get(name, 0.0) + clock(device) - begun


def _check_finite(found: object) -> None:
    """Raise FloatingPointError where a number in a row, or in a list of it, is not finite."""
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list | tuple) else ()
    for part in parts:
        _check_finite(part)
    if isinstance(found, float) and not math.isfinite(found):
        raise FloatingPointError("a number that is not finite")


def runner_up(said: Prediction) -> str:
    """The label that came second."""
    return said.labels[sorted(range(len(said.labels)), key=lambda place: -said.probabilities[place])[1]]


def distinct(text: str, size: int) -> float | None:
    """Distinct runs of `size` words over all of them, 0 to 1; None for fewer words. Li et al. 2016, arXiv 1510.03055."""
    words = [word.casefold() for word in words_of(text)]
    runs = [tuple(words[place : place + size]) for place in range(len(words) - size + 1)]
    return len(set(runs)) / len(runs) if runs else None
