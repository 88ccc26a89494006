"""What a model is asked about its own answer: the reason in a sentence, and the smallest change after which the answer is another."""

from __future__ import annotations

import regex

from core.data import Instance, Schema
from explainers.rationales.clean import kept
from models.prompts.prompting import ANSWER, instruction

QUOTES = "\"'“”„«»`*"
_NAMED = regex.compile(r"^\s*(?:here (?:is|'s)[^:\n]{0,60}:\s*|new\s+)?(?:[\p{L} ]{1,20}:\s*)?", regex.IGNORECASE)


def rationale_prompt(schema: Schema, instance: Instance, label: str) -> str:
    """Asks why this label is right; English, as all prompts of the study."""
    asked = "In one short sentence, explain why this label is right. Do not repeat the label."
    return f"{_asked(schema, instance)}\n{ANSWER}: {label}\n\n{asked}"


def edit_prompt(schema: Schema, instance: Instance, label: str, target: str) -> str:
    """Asks for the last field once more, changed as little as possible, so that the label becomes `target`."""
    field = schema.fields[-1]
    change = f"Change as few words of the {field} as possible so that the label becomes {target} instead of {label}."
    return f"{_asked(schema, instance)}\n{ANSWER}: {label}\n\n{change} Write only the changed {field}, in its language."


def tidy_rationale(said: str) -> str:
    """The first whole sentence, without marks of formatting."""
    return kept(said, "", False).strip()


def tidy_edit(said: str, field: str) -> str:
    """The first line, without quotes around it and without the field's name or "Here is …:" before it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines:
        return ""
    first = lines[1] if len(lines) > 1 and lines[0].rstrip().endswith(":") else lines[0]
    named = _NAMED.match(first)
    head = named.group().strip().rstrip(":").casefold() if named else ""
    if named and head and (field.casefold() in head or head.startswith("here")):
        first = first[named.end() :]
    return first.strip().strip(QUOTES).strip()


def edited(instance: Instance, field: str, text: str) -> Instance:
    """The instance with another text in this field, as a text of the user's own."""
    fields = tuple((name, text if name == field else own) for name, own in instance.fields)
    return Instance(fields, language=instance.language)


def _asked(schema: Schema, instance: Instance) -> str:
    said = "\n".join(f"{name[:1].upper()}{name[1:]}: {text}" for name, text in instance.fields)
    return f"{instruction(schema)}\n\n{said}"
