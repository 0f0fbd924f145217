"""docs/safety.md names guards and tests that exist, and says so where there is none."""

import ast
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, codes, read, tables
from tests.support.places import STRATEGIES

PAGE = read(ROOT / "docs" / "safety.md")
COLUMNS = ["required", "what guarantees it", "test", "limit"]
ROWS = [row for rows in tables(PAGE) if rows[0] == COLUMNS for row in rows[1:]]
CITED = sorted({code for _, _, test, _ in ROWS for code in codes(test) if code.startswith("tests/")})
GUARDS = sorted({code for _, guard, _, _ in ROWS for code in codes(guard) if "/" in code})


def names_in(file: Path) -> set[str]:
    """List the functions of a test file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("cited", CITED)
def test_a_test_that_is_cited_exists(cited: str) -> None:
    file, _, name = cited.partition("::")
    assert (ROOT / file).is_file()
    assert not name or name in names_in(ROOT / file)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_named_exists(guard: str) -> None:
    assert (STRATEGIES / guard).exists() or (ROOT / guard).exists()


def test_every_row_names_a_guard_a_test_and_a_limit() -> None:
    assert len(ROWS) > 25
    for required, guard, test, limit in ROWS:
        assert all((required, guard, limit))
        assert "`tests/" in test or test.startswith("no test"), required
