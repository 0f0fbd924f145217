"""What stands in the project's Markdown: headings, tables, code, links."""

import re
from collections.abc import Iterator

from ict_lab.docs.commands import prose


def headings(text: str) -> list[tuple[int, str]]:
    """Return level and words of each heading."""
    return [(len(marks), words.strip()) for marks, words in re.findall(r"(?m)^(#+) (.*)$", prose(text))]


def anchor(words: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def links(text: str) -> list[str]:
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
