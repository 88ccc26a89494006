"""`python -m jobs add_language CODE`: the files that a new language needs, ready to be filled; nothing that exists is changed."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from core.errors import UserError
from core.languages import languages
from core.settings import ROOT

LISTED = Path("datasets/languages.toml")
LEXICON, NUMBERS, UTTERANCES = (
    Path("parsers/words/lexicon"),
    Path("parsers/words/numbers.toml"),
    Path("datasets/utterances"),
)
SECTIONS = Path("parsers/words/lexicon.toml")  # what each of them holds, in a line
SHOWN = 12  # words of another language above an empty list
_OF_ONE_LANGUAGE = regex.compile(r"^((?:not|nor)(?:_after)?)_[a-z]{2}$")
_BARE = regex.compile(r"[A-Za-z0-9_-]+")
STEPS = """\
Now fill, in this order:
1. {lexicon}: the words that name methods, labels, filters and operations; the comments say what each list is for.
2. {numbers}, table [{code}]: number words and what stands before an id.
   A list that the language has no use for stays empty, in both files.
3. {utterances}: five questions an operation, one JSON object a line: {{"text": "…", "parse": "predict where id = 12", "split": "train"}}.
   A few more with "split": "dev" show what it brought.
4. python -m jobs train_parser --few {code}: adapts the parser in minutes and says how well it reads before and after.
Answers stay in the language of the page until every words file has a table [{code}] and {listed} says complete = true."""


def main(argv: Sequence[str], root: Path = ROOT) -> int:
    """Exit status 0. Raises UserError("bad_language") for a code that is no ISO 639-1 code."""
    options = _options(argv)
    code = options.code
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
        raise UserError("bad_language", code=code)
    made = [
        name
        for name in (_list(root, options), _lexicon(root, code), _numbers(root, code), _utterances(root, code))
        if name
    ]
    print("\n".join([*(f"made {name}" for name in made), ""]) if made else f"{code} has all its files\n")
    files = {"lexicon": LEXICON / f"{code}.toml", "numbers": NUMBERS, "utterances": UTTERANCES / f"{code}.jsonl"}
    print(STEPS.format(code=code, listed=LISTED, **files))
    return 0


def _list(root: Path, options: argparse.Namespace) -> str:
    if options.code in languages():
        return ""
    names = {
        "code": options.code,
        "name": options.name or options.code,
        "native": options.native or options.name or options.code,
    }
    names |= {"script": options.script, "direction": options.direction}
    rows = "".join(f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in names.items())
    with (root / LISTED).open("a", encoding="utf-8") as file:
        file.write(f"\n[[language]]\n{rows}complete = false\n")
    return str(LISTED)


def _lexicon(root: Path, code: str) -> str:
    path = root / LEXICON / f"{code}.toml"
    if path.exists():
        return ""
    tables = {known.stem: _read(known) for known in sorted((root / LEXICON).glob("*.toml"))}
    lists, sections = [], []
    for section, about in _read(root / SECTIONS)["lexicon"].items():
        keys = _keys(tables, section, code)
        if "" in keys:
            lists += [f"# {about}", *_empty(section, *keys[""])]
        else:
            sections += ["", f"# {about}", f"[{section}]", *(line for key in keys for line in _empty(key, *keys[key]))]
    path.write_text("\n".join([*lists, *sections]) + "\n", "utf-8")
    return str(LEXICON / path.name)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _keys(tables: Mapping[str, Any], section: str, code: str) -> dict[str, tuple[str, Any]]:
    """The keys that a section has in any language, each with a language and its words; "" for a section without keys.

    A key of one language alone ("nor_de") becomes that of the new one.
    """
    found: dict[str, tuple[str, Any]] = {}
    for language in _english_first(tables):
        known = tables[language].get(section, {})
        for key, words in known.items() if isinstance(known, dict) else [("", known)]:
            found.setdefault(_OF_ONE_LANGUAGE.sub(rf"\1_{code}", key), (language, words))
    return found


def _english_first(tables: Mapping[str, Any]) -> list[str]:
    return sorted(tables, key=lambda language: (language != "en", language != "any", language))


def _empty(key: str, language: str, known: Any) -> list[str]:
    """Nothing of the same type, under what another language has there."""
    name = key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return [f"# {language}: {_sample(known)}", f"{name} = {json.dumps(type(known)())}"]


def _sample(known: Any) -> str:
    """The first words of a list; a table as "12 = dozen"."""
    if isinstance(known, dict):
        known = [f"{key} = {said}" for key, said in known.items()]
    words = known.split(", ") if isinstance(known, str) else known if isinstance(known, list) else [str(known).lower()]
    return ", ".join(words[:SHOWN])


def _numbers(root: Path, code: str) -> str:
    path = root / NUMBERS
    tables = _read(path)
    if code in tables:
        return ""
    lines = [f"[{code}]"]
    for key, about in _read(root / SECTIONS)["numbers"].items():
        language = next(known for known in _english_first(tables) if key in tables[known])
        lines += [f"# {about}", *_empty(key, language, tables[language][key])]
    path.write_text("\n".join([path.read_text("utf-8").rstrip(), "", *lines]) + "\n", "utf-8")
    return f"{NUMBERS} [{code}]"


def _utterances(root: Path, code: str) -> str:
    path = root / UTTERANCES / f"{code}.jsonl"
    if path.exists():
        return ""
    path.touch()
    return str(UTTERANCES / path.name)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs add_language", description=__doc__)
    parser.add_argument("code", help="two letters, ISO 639-1: nl, sv, ta, …")
    parser.add_argument("--name", default="", help="its English name")
    parser.add_argument("--native", default="", help="its own name")
    parser.add_argument("--script", default="Latn", help="ISO 15924: Latn, Cyrl, Arab, …")
    parser.add_argument("--direction", default="ltr", choices=("ltr", "rtl"))
    return parser.parse_args(argv)
