"""Texts that the code can say, as patterns: what is written stands, what is filled in may be anything."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from tests.support.source import statements, tree_of

# Fewer words make no sentence: a label, a name, a unit.
LEAST_WORDS = 3
# Of what is raised, one word is enough.
LEAST_RAISED = 1
# What describes a setting is documentation, not a text that somebody meets as an error.
DECLARING = {
    "number", "choice", "words", "text", "_limit", "Derived", "Limit", "Seam", "Line", "Requirement",
    "_must_be", "_declared", "_must_lie", "_must_stay",
}  # fmt: skip
HOLE = "\x00"


@cache
def texts_in(source: str) -> list[str]:
    """Return every sentence of a file's code, with a mark for each place that is filled in."""
    return [text for text in _texts(tree_of(source)) if len(_words(text)) >= LEAST_WORDS]


def raised_in(source: str) -> list[str]:
    """Return the sentences that a file's code raises an error with."""
    raised = [
        node.exc.args[0]
        for node in statements(source)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and node.exc.args
        and getattr(node.exc.func, "id", "") != "AssertionError"
    ]
    return [text for text in map(_text, raised) if len(_words(text)) >= LEAST_RAISED]


def can_become(text: str, said: str) -> bool:
    """Tell whether a text, its places filled in, is a part of what is said."""
    parts = _parts(text)
    at = said.find(parts[0])
    for before, part in pairwise(parts):
        # Nothing is filled in with nothing.
        at = said.find(part, at + len(before) + 1) if at >= 0 else at
    return at >= 0


@cache
def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(HOLE))


def said_by(folders: list[Path]) -> dict[str, str]:
    """Return the texts of all Python files of some folders, each with the file that says it."""
    return {
        text: file.name
        for folder in folders
        for file in sorted(folder.rglob("*.py") if folder.is_dir() else [folder])
        if file.suffix == ".py"
        for text in texts_in(file.read_text(encoding="utf-8"))
    }


def _words(text: str) -> list[str]:
    return re.findall(r"\S*[A-Za-z]{2}\S*", text)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
        text = "".join(str(part) for part in parts)
    else:
        return ""
    # Places that logging and str.format fill in later.
    return re.sub(r"%s|\{[a-z]+\}", HOLE, text)


def _texts(tree: ast.Module) -> Iterator[str]:
    """Give what is written between quotes, but docstrings and what describes a setting."""
    open_ones: list[ast.AST] = [tree]
    while open_ones:
        node = open_ones.pop()
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield _text(node)
        elif not _is_silent(node):
            open_ones += ast.iter_child_nodes(node)


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in DECLARING
