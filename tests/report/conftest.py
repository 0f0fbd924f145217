"""Fixtures: the candles and the page of an export made by hand."""

from pathlib import Path

import pytest
from ict_lab.report.__main__ import main

from tests.report.exports import EVIL, STRATEGY, candles_of, many, random_walk, result, write, write_candles


@pytest.fixture(scope="session")
def made_datadir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make candles of BTC alone over the whole time of the exports made by hand, in which they happened."""
    return write_candles(tmp_path_factory.mktemp("data"), candles_of(many(60), random_walk(2700, 3)))


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory, made_datadir: Path) -> Path:
    """Make the report of two strategies, one of whose tags mean harm, and of one that traded nothing."""
    folder = tmp_path_factory.mktemp("page")
    export = write(
        folder,
        {STRATEGY: result(many(60)), "OfAVeryLongNameThatNoPhoneHolds": result(many(12, tag=EVIL)),
         "Silent": result([])},
    )  # fmt: skip
    out = folder / "report.html"
    assert main([str(export), "--out", str(out), "--datadir", str(made_datadir)]) == 0
    return out
