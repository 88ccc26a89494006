"""What of a writer's answer is kept: whole sentences, once each, without marks of formatting; and what makes it useless."""

from __future__ import annotations

from difflib import SequenceMatcher

import regex

from core.languages import clean
from core.script import PIECE, SPOKEN, ends, unspaced
from explainers.edits.text import words_of
from explainers.rationales.cited import plain

EMPTY, ECHO = "empty", "echo"  # what makes an answer useless
SENTENCES = 1  # as many as are asked for: what a small writer adds to the first is mostly made up
STEPS = 3
FEWEST = 3  # words (signs of a script without spaces: twice as many) that can say anything
LOOP, SIGNS = 4, 12  # a run of so many words (signs) that comes for the third time is a loop
TIMES = 3
CLOSING = {"“": "”", "„": "“", "«": "»"}
CLOSED_BY = {"“": '”“"»', "„": '“”"»', "«": '»”"', "»": '«"', "「": "」", "『": "』", '"': '"”'}  # as writers mix them
RUN = 16  # characters in a row that no one repeats by chance
COPIED = 0.75  # share of the answer that such runs of the prompt may make up
_NUMBER = regex.compile(r"\p{N}\.$")  # may go on: "3." and then "5"
_STEP = regex.compile(r"(?m)^\s*(\d)[.)]\s")
_MARKS = regex.compile(r"\*\*|__|`+|^#+\s*|<<<|>>>", regex.MULTILINE)
_QUOTE = regex.compile(r"[\"”“»]")
_BLANK = regex.compile(r"\n\s*\n")


def enough(said: str, opening: str, stepwise: bool) -> bool:
    """Whether the writer can be stopped: all sentences or steps are there, or it goes round in circles."""
    if looped(said) is not None:
        return True
    if stepwise:
        numbers = [int(number) for number in _STEP.findall(opening + said)]
        return max(numbers, default=0) > STEPS or ("\n\n" in said.strip("\n") and max(numbers, default=0) >= STEPS)
    found = len(_ends(said, opening)) - (_NUMBER.search(said) is not None)
    return "\n" in said.strip() or found >= SENTENCES


def kept(said: str, opening: str, stepwise: bool) -> str:
    """The answer with its opening, tidy: no formatting, no repetition, no half sentence where there is a whole one."""
    loop = looped(said)
    body = clean(_MARKS.sub("", said if loop is None else said[:loop]))
    if stepwise:
        return _steps(f"{opening} {body.lstrip()}")
    return _joined(opening, _whole(_once(_BLANK.split(body.strip())[0].replace("\n", " ")), opening))


def useless(said: str, prompt: str) -> str:
    """EMPTY or ECHO where the answer (without its opening) says nothing of its own, else ""."""
    words = words_of(said)
    if len(words) < FEWEST * (2 if unspaced(said) else 1):
        return EMPTY
    blocks = SequenceMatcher(None, plain(prompt), plain(said), autojunk=False).get_matching_blocks()
    copied = sum(block.size for block in blocks if block.size >= RUN)
    return ECHO if copied > COPIED * len(plain(said)) else ""


def looped(said: str) -> int | None:
    """Where a run of words comes for the second time, if it comes a third time; None where nothing goes round in circles."""
    found = [match for match in PIECE.finditer(said) if any(char.isalnum() for char in match.group())]
    size = SIGNS if unspaced(said) else LOOP
    seen: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(found) - size + 1):
        run = tuple(match.group().casefold() for match in found[place : place + size])
        seen.setdefault(run, []).append(found[place].start())
        if len(seen[run]) == TIMES:
            return seen[run][1]
    return None


def quoting(text: str) -> str:
    """The quotation mark that is still open at the end, "" for none. Apostrophes look like single ones, which are left aside."""
    opened = ""
    for char in text:
        if opened:
            opened = "" if char in CLOSED_BY[opened] else opened
        elif char in CLOSED_BY:
            opened = char
    return opened


def _ends(said: str, opening: str) -> list[int]:
    """Where sentences of the answer end; what ends within a quotation ends none."""
    return [end for end in ends(said) if SPOKEN.search(said, 0, end) and not quoting(opening + said[:end])]


def _once(said: str) -> str:
    """Up to the first sentence that was said before."""
    made, seen, start = "", set(), 0
    for end in [*ends(said), len(said)]:
        sentence = said[start:end]
        if plain(sentence) in seen and plain(sentence):
            break
        seen.add(plain(sentence))
        made, start = made + sentence, end
    return made


def _whole(said: str, opening: str) -> str:
    """At most SENTENCES whole sentences, or the first one of a quotation that never closes; half a sentence gets an ellipsis."""
    if found := _ends(said, opening):
        return said[: found[:SENTENCES][-1]].rstrip()
    if said.strip() and (within := ends(said)):
        return said[: within[0]].rstrip() + CLOSING.get(quoting(opening + said[: within[0]]), "")
    return f"{said.rstrip(' ,;:')}…" if said.strip() else ""


def _steps(said: str) -> str:
    """The numbered steps, one a line, at most STEPS."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    made = [line for line in lines if (match := _STEP.match(line)) and int(match.group(1)) <= STEPS]
    return "\n".join(dict.fromkeys(made))


def _joined(opening: str, said: str) -> str:
    """Opening and answer, with a space where the script has them; a quote that the opening left open is closed in its kind."""
    if not said:
        return opening
    if opening[-1:] in CLOSING:
        return opening + str(_QUOTE.sub(CLOSING[opening[-1]], said.lstrip(), count=1))
    return f"{opening}{'' if unspaced(opening) else ' '}{said.lstrip()}"


def own(said: str, opening: str) -> str:
    """The writer's part of what is kept, with the quote that the opening left open."""
    begun = opening[-1] if opening[-1:] in CLOSING else ""
    return begun + said.removeprefix(opening).strip()
