"""The commands of the documentation's pages, as a reader meets them."""

import re
from dataclasses import dataclass
from pathlib import Path

from ict_lab.places import REPOSITORY

README, KOREAN = REPOSITORY / "README.md", REPOSITORY / "README.ko.md"
PAGES = [README, KOREAN, REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: its language, and its lines without the indentation of a list around it."""

    language: str
    text: str


def read(path: Path) -> str:
    """Read a page."""
    return path.read_text(encoding="utf-8")


def blocks(text: str, *languages: str) -> list[Block]:
    """Return the blocks of code of some languages, of all where none is named."""
    found = [
        Block(language, re.sub(f"(?m)^{indent}", "", inner))
        for indent, language, inner in _FENCE.findall(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def prose(text: str) -> str:
    """Leave out the blocks of code."""
    return _FENCE.sub("", text)


def commands(text: str) -> list[str]:
    """Return each command of the shell blocks as one line, without its comment."""
    lines = [
        line for block in blocks(text, "sh") for line in re.sub(r"\\\n\s*", " ", block.text).splitlines()
    ]
    return [line for line in (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines) if line]


def sections(text: str) -> list[list[str]]:
    """Return the commands of each section that has some, in reading order."""
    found: list[list[str]] = [[]]
    for piece in re.split(r"(?ms)(^ *```.*?^ *```)", text):
        if piece.lstrip().startswith("```"):
            found[-1] += commands(piece)
        else:
            found += [[] for _ in re.findall(r"(?m)^#+ ", piece)]
    return [lines for lines in found if lines]
