"""`python -m jobs add_language CODE`: the files that a new language needs, ready to be filled; nothing that exists is changed."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from pathlib import Path

from core.errors import UserError
from core.languages import languages
from core.settings import ROOT

LISTED = Path("datasets/languages.toml")
LEXICON, NUMBERS, UTTERANCES = Path("parsers/lexicon"), Path("parsers/numbers.toml"), Path("datasets/utterances")
MODEL = "en"  # whose sections the new files have
STEPS = """\
Now fill, in this order:
1. {lexicon}: the words that name methods, labels, filters and operations; the comments show the English ones.
2. {numbers}, table [{code}]: number words and what stands before an id.
3. {utterances}: five questions an operation, one JSON object a line: {{"text": "…", "parse": "predict where id = 12", "split": "train"}}.
   A few more with "split": "dev" show what it brought.
4. python -m jobs train_parser --few {code}: adapts the parser in minutes and says how well it reads before and after.
Answers stay in English until every words file has a table [{code}] and {listed} says complete = true."""


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
    rows = "".join(f'{key} = "{text}"\n' for key, text in names.items())
    with (root / LISTED).open("a", encoding="utf-8") as file:
        file.write(f"\n[[language]]\n{rows}complete = false\n")
    return str(LISTED)


def _lexicon(root: Path, code: str) -> str:
    path = root / LEXICON / f"{code}.toml"
    if path.exists():
        return ""
    table = tomllib.loads((root / LEXICON / f"{MODEL}.toml").read_text("utf-8"))
    lists = {key: known for key, known in table.items() if isinstance(known, list)}
    sections = {key: known for key, known in table.items() if isinstance(known, dict)}
    lines = [line for key, known in lists.items() for line in _empty(key, known)]
    for section, known in sections.items():
        lines += ["", f"[{section}]", *(line for key, words in known.items() for line in _empty(key, words))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(LEXICON / path.name)


def _empty(key: str, known: Sequence[str]) -> list[str]:
    """An empty list under the English words; * stands for any ending."""
    return [f"# {', '.join(known[:12])}", f"{key} = []"]


def _numbers(root: Path, code: str) -> str:
    path = root / NUMBERS
    text = path.read_text("utf-8")
    if code in tomllib.loads(text):
        return ""
    path.write_text(
        f'{text.rstrip()}\n\n[{code}]\ncardinals = ""  # from zero to twenty\ntens = ""  # from twenty to ninety\nid_before = []\n',
        "utf-8",
    )
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
