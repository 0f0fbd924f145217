"""The commands of the README, typed in the order in which a reader types them; see `ict_lab.docs.reading`."""

import re
from itertools import chain
from pathlib import Path

import pytest
from ict_lab.docs import reading
from ict_lab.docs.commands import PAGES, commands, read, sections

ALL = {*chain.from_iterable(commands(read(page)) for page in PAGES)}


def test_every_page_is_read() -> None:
    """Those in Korean have the commands of the English ones."""
    assert {*reading.ORDER} == {page.name for page in PAGES if not page.name.endswith(".ko.md")}


def test_sections_hold_the_commands_in_order() -> None:
    for page in PAGES:
        assert list(chain.from_iterable(sections(read(page)))) == commands(read(page)), page.name


@pytest.mark.parametrize(
    "table",
    [reading.NOT_HERE, reading.NIGHTLY, reading.UNTIL_CTRL_C, reading.BOTS, reading.SAYS, reading.INSTEAD],
)
def test_no_row_is_about_a_command_that_is_gone(table: dict[str, str]) -> None:
    find = re.search if table is reading.INSTEAD else re.fullmatch
    assert [pattern for pattern in table if not any(find(pattern, line) for line in ALL)] == []


@pytest.mark.process
def test_the_readme_works_from_top_to_bottom(tmp_path: Path) -> None:
    from ict_lab.docs.reader import Reader, binance

    with binance(reading.HISTORY_DAYS) as server:
        reader = Reader(tmp_path, server)
        try:
            reading.type_page(reader, reading.README, set(), nightly=False)
        finally:
            reader.ends_the_bot()
        refused = {refusal.target for refusal in server.exchange.record.refusals}
    assert refused <= {"data.binance.vision:443"}, "Freqtrade tries its archive, then asks the exchange"
