"""docs/troubleshooting.md has the whole table of what the strategies need of Freqtrade."""

import pytest

from ict.desk.requirements import REQUIREMENTS, RESTING_ENTRIES, Requirement
from tests.docs.markdown import ROOT, read, table_with


@pytest.mark.parametrize(
    ("head", "rows"), [("key", REQUIREMENTS), ("key of resting entries", RESTING_ENTRIES)]
)
def test_the_page_has_every_row_of_the_table(head: str, rows: tuple[Requirement, ...]) -> None:
    page = table_with(read(ROOT / "docs" / "troubleshooting.md"), head, "must be", "why")
    assert page == [[f"`{row.path}`", row.allowed or "left to the strategy", row.why] for row in rows]
