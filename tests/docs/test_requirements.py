"""docs/troubleshooting.md has the whole table of what the strategies need of Freqtrade."""

from ict.desk.requirements import REQUIREMENTS
from tests.docs.markdown import ROOT, read, table_with


def test_the_page_has_every_row_of_the_table() -> None:
    page = table_with(read(ROOT / "docs" / "troubleshooting.md"), "key", "must be", "why")
    table = [[f"`{row.path}`", row.allowed or "left to the strategy", row.why] for row in REQUIREMENTS]
    assert page == table
