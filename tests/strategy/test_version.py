"""The version is told wherever somebody asks later, and a trade of an older one is still managed."""

import logging
import re

import pytest
from freqtrade.persistence import Trade
from ict_host.records import LEVELS_KEY, LevelRecords

from ict import __version__
from ict.desk.levels import Levels
from tests.strategy.host import load, opened, saved
from tests.strategy.support import STRATEGY
from tests.support.places import REPOSITORY

LEVELS = Levels(entry=60_000.0, stop=59_400.0, target=61_200.0)


def test_it_is_the_newest_release_of_the_changelog() -> None:
    releases = re.findall(r"^## (\d+\.\d+\.\d+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert releases[0] == __version__


def test_freqtrade_and_the_first_line_of_the_log_have_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ICTObFvgStrategy"):
        strategy = load()
    assert strategy.version() == __version__
    ours = [record.getMessage() for record in caplog.records if record.name == "ICTObFvgStrategy"]
    assert ours[0].startswith(f"{STRATEGY} {__version__} on Freqtrade 20")


# As each version has written it; a line is added with a schema, and none is changed.
KNOWN = {"entry": 60_000.0, "stop": 59_400.0, "target": 61_200.0}
WRITTEN = {
    "before 0.2.0": KNOWN, "schema 1": {"schema": 1, **KNOWN},
    "schema 2": {"schema": 2, **KNOWN, "part": None}, "a later one": {"schema": 3, **KNOWN, "more": "words"},
}  # fmt: skip


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("version", WRITTEN)
def test_the_record_of_each_version_is_read_and_the_newest_schema_written(version: str) -> None:
    trade, _ = opened()
    trade.set_custom_data(LEVELS_KEY, WRITTEN[version])
    saved(trade)
    (read,) = Trade.get_open_trades()
    assert LevelRecords(live=True).of(read) == LEVELS
    LevelRecords(live=True).fix(trade, LEVELS, None)
    assert trade.get_custom_data(LEVELS_KEY) == WRITTEN["schema 2"]
