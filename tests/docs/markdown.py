"""What stands in the project's Markdown: headings, tables, code, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README, KOREAN = ROOT / "README.md", ROOT / "README.ko.md"
PAGES = [README, KOREAN, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: its language, and its lines without the indentation of a list around it."""

    language: str
    text: str


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(text: str, *languages: str) -> list[Block]:
    """Return the blocks of code of some languages, of all where none is named."""
    found = [
        Block(language, re.sub(f"(?m)^{indent}", "", inner))
        for indent, language, inner in _FENCE.findall(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def prose(text: str) -> str:
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


def headings(text: str) -> list[tuple[int, str]]:
    """Return level and words of each heading."""
    return [(len(marks), words.strip()) for marks, words in re.findall(r"(?m)^(#+) (.*)$", prose(text))]


def anchor(words: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def links(text: str) -> list[str]:
    """Return the targets of links and pictures that lead into the repository."""
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)) if "://" not in target]


def tables(text: str) -> list[list[list[str]]]:
    """Return each table as rows of cells, its heading first."""
    found: list[list[list[str]]] = []
    inside = False
    for line in prose(text).splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        if not inside:
            found.append([])
            inside = True
        if not re.fullmatch(r"[|\-: ]+", line):
            found[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found


def table_with(text: str, *heading: str) -> list[list[str]]:
    """Return the rows of the only table whose heading begins with these words.

    Raises
    ------
    LookupError
        When there is none, or more than one.
    """
    fitting = [rows[1:] for rows in tables(text) if tuple(rows[0][: len(heading)]) == heading]
    if len(fitting) != 1:
        raise LookupError(f"{len(fitting)} tables begin with {heading}")
    return fitting[0]


def codes(text: str) -> Iterator[str]:
    """Give what stands in backticks outside of blocks."""
    for match in re.finditer(r"(`+)(.+?)\1(?!`)", prose(text)):
        yield match[2].strip() if len(match[1]) > 1 else match[2]
