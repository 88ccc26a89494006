"""The prompt of a causal classifier: instruction, demonstrations, the user's fields, and the cue that a label answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from core.data import Instance, Schema
from core.delimit import named

ANSWER = "Label"  # what the answer is called in the prompt; prompts are English, as the labels are
PLACE = "\ue000{}\ue001"  # private characters around a number: where a text goes while a chat template is filled
_PLACE = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True)
class Piece:
    """A stretch of the prompt.

    Either words of ours (control words such as the marks of a chat turn count), or a text that is data (nothing in it is a
    command), or the place of the field `field` of the instance that is asked about.
    """

    text: str = ""
    data: bool = False
    field: str = ""


@dataclass(frozen=True)
class Prompt:
    """The pieces in order; the last one is the cue.

    `answers` [label] are the words that the cue is followed by, `end` what comes after them. `chat` says that a template
    wrote it, which brings its own beginning-of-text token.
    """

    pieces: tuple[Piece, ...]
    answers: tuple[str, ...]
    end: str
    chat: bool = False


def instruction(schema: Schema) -> str:
    """The task in one sentence: the schema's own, or one made of the labels."""
    fields, labels = " and ".join(map(named, schema.fields)), ", ".join(map(named, schema.labels))
    return schema.instruction or f"Classify the {fields} as one of: {labels}."


def plain_prompt(schema: Schema, shown: Sequence[Instance]) -> Prompt:
    """The format for a base model: blocks of named lines, an empty line between them."""
    pieces = [Piece(instruction(schema) + "\n\n")]
    for one in shown:
        pieces += [*_lines(schema, one), Piece(f"\n{ANSWER}: {named(one.label)}\n\n")]
    pieces += [*_lines(schema, None), Piece(f"\n{ANSWER}:")]
    return Prompt(_joined(pieces), tuple(f" {named(label)}" for label in schema.labels), "\n")


def chat_prompt(schema: Schema, shown: Sequence[Instance], tokenizer: PreTrainedTokenizerBase) -> Prompt:
    """The format for a model with a chat template: a demonstration is a turn of the user and one of the assistant.

    Raises ValueError where the template does not keep the texts as they are.
    """
    texts: list[Piece] = []
    turns = []
    for one in [*shown, None]:
        turns.append({"role": "user", "content": _marked(_lines(schema, one), texts)})
        turns.append({"role": "assistant", "content": named(one.label if one else schema.labels[0])})
    filled = _filled(tokenizer, instruction(schema), turns[:-1], True)
    closed = _filled(tokenizer, instruction(schema), turns, False)
    first = named(schema.labels[0])
    end = closed[len(filled) + len(first) :] if closed.startswith(filled + first) else ""
    return Prompt(_cut(filled, texts), tuple(map(named, schema.labels)), end or "\n", chat=True)


def chat_turn(prompt: str, tokenizer: PreTrainedTokenizerBase) -> tuple[Piece, ...]:
    """One turn of the user, and the beginning of the answer. Raises ValueError like `chat_prompt`."""
    filled = _template(tokenizer, [{"role": "user", "content": PLACE.format(0)}], True)
    return _cut(filled, [Piece(prompt, data=True)])


def writing_prompt(schema: Schema, tokenizer: PreTrainedTokenizerBase | None) -> Prompt:
    """The instance's fields and nothing else, for what a model writes after them: a turn of the user where `tokenizer` knows turns.

    Raises ValueError like `chat_prompt`.
    """
    fields: list[Piece] = []
    for number, field in enumerate(schema.fields):
        fields += [Piece("\n")] if number else []
        fields.append(Piece(field=field))
    if tokenizer is None:
        return Prompt(tuple(fields), (), "\n")
    texts: list[Piece] = []
    filled = _template(tokenizer, [{"role": "user", "content": _marked(fields, texts)}], True)
    return Prompt(_cut(filled, texts), (), "\n", chat=True)


def chat_turns(
    turns: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], tokenizer: PreTrainedTokenizerBase
) -> tuple[Piece, ...]:
    """A conversation with tools, and the beginning of the next turn; only what the system says are words of ours.

    Raises ValueError like `chat_prompt`.
    """
    texts: list[Piece] = []
    marked = []
    for turn in turns:
        data = turn.get("content") and turn["role"] != "system"
        marked.append({**turn, "content": _marked([Piece(turn["content"], data=True)], texts)} if data else dict(turn))
    return _cut(_template(tokenizer, marked, True, tools), texts)


def _lines(schema: Schema, one: Instance | None) -> list[Piece]:
    """Each field under its name; of the instance that is asked about (None) the places."""
    given = dict(one.fields) if one else {}
    found = []
    for number, field in enumerate(schema.fields):
        title = named(field)
        found.append(Piece(f"{chr(10) if number else ''}{title[:1].upper()}{title[1:]}:\n"))
        found.append(Piece(given[field], data=True) if one else Piece(field=field))
    return found


def _marked(pieces: Sequence[Piece], texts: list[Piece]) -> str:
    """The pieces as one string, with a numbered place for each that is no word of ours; those are added to `texts`."""
    said = ""
    for piece in pieces:
        if piece.data or piece.field:
            said += PLACE.format(len(texts))
            texts.append(piece)
        else:
            said += piece.text
    return said


def _filled(tokenizer: PreTrainedTokenizerBase, task: str, turns: Sequence[dict[str, str]], cue: bool) -> str:
    """The template's text; a template that knows no system turn gets the task in the first user turn."""
    system = [{"role": "system", "content": task}, *turns]
    first = [{"role": "user", "content": f"{task}\n\n{turns[0]['content']}"}, *turns[1:]]
    for messages in (system, first):
        try:
            said = _template(tokenizer, messages, cue)
        except TemplateError:
            continue
        if task in said:
            return said
    raise ValueError("the chat template cannot be filled with an instruction and turns")


def _template(
    tokenizer: PreTrainedTokenizerBase,
    turns: Sequence[Mapping[str, Any]],
    cue: bool,
    tools: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The chat template filled; models that think aloud first are asked not to."""
    said = tokenizer.apply_chat_template(
        list(turns), tools=list(tools) or None, tokenize=False, add_generation_prompt=cue, enable_thinking=False
    )
    return str(said)


def _cut(said: str, texts: Sequence[Piece]) -> tuple[Piece, ...]:
    """The filled template with the texts back in their places."""
    parts = _PLACE.split(said)  # words, number, words, number, …, words
    if [int(number) for number in parts[1::2]] != list(range(len(texts))):
        raise ValueError("the chat template moved or lost a text")
    pieces = [Piece(parts[0])]
    for text, words in zip(texts, parts[2::2], strict=True):
        pieces += [text, Piece(words)]
    return tuple(pieces)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbouring words of ours as one piece, so that they are tokenized together."""
    found: list[Piece] = []
    for piece in pieces:
        ours = not piece.data and not piece.field
        if ours and found and not found[-1].data and not found[-1].field:
            found[-1] = Piece(found[-1].text + piece.text)
        else:
            found.append(piece)
    return tuple(found)
