"""Parts of a page that are made: found between two marks, and written as tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_PART = re.compile(r"(<!-- made by `make docs`: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def filled(page: str, make: Callable[[str, str], str]) -> str:
    """Write a page's parts again.

    Parameters
    ----------
    page : str
        Text of the page.
    make : Callable[[str, str], str]
        Makes a part from its name and what it holds now.
    """
    return _PART.sub(lambda match: f"{match[1]}\n{make(match[2], match[3])}\n{match[4]}", page)


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table."""
    names = list(heading)
    lines = [names, ["---"] * len(names), *rows]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return text.replace(f"| {' | '.join(['---'] * len(names))} |", f"|{'---|' * len(names)}") + "\n"


def rows_of(text: str) -> Iterator[list[str]]:
    """Return the rows of the tables in a text, headings included."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def code(name: str) -> str:
    """Write a name as code."""
    return f"`{name}`"


def switch(value: object) -> str:
    """Write a value of a setting: on and off for a switch, nothing for an empty list."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return (", ".join(value) or "none") if isinstance(value, tuple) else str(value)
