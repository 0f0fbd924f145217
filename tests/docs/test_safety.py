"""docs/safety.md names guards and tests that exist, and says so where there is none."""

from functools import cache
from pathlib import Path

from tests.docs.markdown import ROOT, codes, read, tables
from tests.support.places import STRATEGIES
from tests.support.source import functions

PAGE = read(ROOT / "docs" / "safety.md")
COLUMNS = ["required", "what guarantees it", "test", "limit"]
ROWS = [row for rows in tables(PAGE) if rows[0] == COLUMNS for row in rows[1:]]
CITED = sorted({code for _, _, test, _ in ROWS for code in codes(test) if code.startswith("tests/")})
GUARDS = sorted({code for _, guard, _, _ in ROWS for code in codes(guard) if "/" in code})


@cache
def names_in(file: Path) -> set[str]:
    return {function.name for function in functions(read(file))}


def test_the_tests_and_guards_that_are_cited_exist() -> None:
    cited = [(ROOT / file, name) for file, _, name in (code.partition("::") for code in CITED)]
    assert [file for file, _ in cited if not file.is_file()] == []
    assert [(file, name) for file, name in cited if name and name not in names_in(file)] == []
    assert [one for one in GUARDS if not ((STRATEGIES / one).exists() or (ROOT / one).exists())] == []


def test_every_row_names_a_guard_a_test_and_a_limit() -> None:
    assert len(ROWS) > 25
    for required, guard, test, limit in ROWS:
        assert all((required, guard, limit))
        assert "`tests/" in test or test.startswith("no test"), required
