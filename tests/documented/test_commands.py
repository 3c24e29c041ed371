"""Every command that a page or a file of deploy names is there, and can be typed as it stands."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_service import cli as hub
from locker import cli as locker
from locker.twin.fleet import cli as fleet

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for place in ("README.md", "docs/*.md", "docs/how-to/*.md", "docs/reference/runbook.md", "docs/wiring/*.md",
                  "deploy/**/*")
    for path in ROOT.glob(place)
    if path.is_file() and path.suffix != ".json"
)  # fmt: skip
PROGRAM = r"(?:\./run |/opt/\w+/(?:current|releases/\d+)/bin/)?(hub|locker|fleet) "
TYPED = re.compile(rf"(?:^|&& |; |\$ |sudo -u \w+ |exec (?:-T )?hub ){PROGRAM}([^|&;#>\n]+)")
QUOTED = re.compile(rf"`(?:sudo -u \w+ )?{PROGRAM}([^`]+)`")
# What stands in capitals is the reader's own; where a number or a key belongs, one of those.
INSTEAD = {"64-HEX-DIGITS": "ab" * 32}
PARSERS = {"hub": hub._parser, "locker": locker._parser, "fleet": fleet._parser}


def named(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Each command: the program, its words, and whether it has to be whole because somebody types it so."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        # In comments they are quoted, or stand by themselves further to the right.
        text = re.sub(r"^#  +", "", text, flags=re.MULTILINE)
        for line in text.splitlines():
            yield from ((program, words, True) for program, words in TYPED.findall(line))
            yield from ((program, words, "--" in words) for program, words in QUOTED.findall(line))
        return
    for number, piece in enumerate(re.split(r"^```.*$", text, flags=re.MULTILINE)):
        if number % 2:
            for line in piece.replace("\\\n", " ").splitlines():
                yield from ((program, words, True) for program, words in TYPED.findall(line))
            continue
        for step in re.split(r"\n(?=\d+\. |- |\n|#)", piece):
            is_step = re.match(r"\d+\. ", step) is not None
            for program, words in QUOTED.findall(step.replace("\n", " ")):
                yield program, words, is_step or "--" in words


FOUND = sorted({(path.relative_to(ROOT).as_posix(), *one) for path in PAGES for one in named(path)})


@pytest.mark.parametrize(("page", "program", "words", "whole"), FOUND)
def test_a_command_that_is_named_can_be_typed(page: str, program: str, words: str, whole: bool) -> None:
    assert understood(program, words, whole) is None, page


def test_commands_are_found_and_mistakes_noticed() -> None:
    assert len(FOUND) > 40
    assert understood("hub", "key", False)
    assert understood("hub", "locker replace", False)
    assert understood("hub", "parked", True)
    assert understood("locker", "commision", False)
    assert understood("hub", "add-user --elsewhere --login ada --role operator", True)


def understood(program: str, words: str, whole: bool) -> str | None:
    """What is wrong with a command (None: nothing)."""
    if words.strip() == "...":
        return None
    said = [INSTEAD.get(word, word) for word in shlex.split(words.replace("...", " ... "))]
    given = [word for word in said if word != "..."]
    own = PARSERS[program]()
    parser, rest = own, given
    while rest and (verbs := verbs_of(parser)):
        if rest[0].startswith("-"):
            # An option of the program itself, with its value.
            rest = rest[2:]
            continue
        if rest[0] not in verbs:
            return f"{rest[0]}: there are {', '.join(sorted(verbs))}"
        parser, rest = verbs[rest[0]], rest[1:]
    if parser is not own and verbs_of(parser):
        return "it wants another word"
    # `check`, `boards` and `twin` read their words themselves.
    if program == "locker" and not parser.add_help:
        return None
    if whole and given == said:
        return complaint(own, given)
    options = {option for action in parser._actions for option in action.option_strings}
    unknown = [word for word in rest if word.startswith("--") and word not in options]
    return f"unknown: {unknown}" if unknown else None


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def complaint(parser: argparse.ArgumentParser, words: list[str]) -> str | None:
    try:
        parser.parse_args(words)
    except SystemExit:
        return f"can't be typed so: {shlex.join(words)}"
    return None
