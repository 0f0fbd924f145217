"""What holds for every test."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.folders import REAL, traded_market, write_datadir

# Bots that wait for their exchange, and long processes: begun first, so that none is left for the end.
SLOW = ("parity", "live", "symbols", "strategy", "soak", "chaos", "paper", "walkforward", "hyperopt", "tune")
QUIETENED = ("freqtrade", "ft_rest_client", "distributed", "uvicorn")
SILENCED_FILE = "FREQTRADE__LOGFILE"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow folders."""
    items.sort(
        key=lambda item: SLOW.index(folder) if (folder := item.path.parent.name) in SLOW else len(SLOW)
    )


@pytest.fixture(autouse=True)
def _what_a_tool_sets_for_its_process() -> Iterator[None]:
    """Undo what the tools' own `main` does to their process: the next test must hear the loggers."""
    disabled, levels = logging.root.manager.disable, [logging.getLogger(name).level for name in QUIETENED]
    logfile = os.environ.get(SILENCED_FILE)
    yield
    logging.disable(disabled)
    for name, level in zip(QUIETENED, levels, strict=True):
        logging.getLogger(name).setLevel(level)
    if logfile is None:
        os.environ.pop(SILENCED_FILE, None)


@pytest.fixture(scope="session")
def datadirs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give Freqtrade's data folder of a source, synthetic or real; the first is made when it is wanted."""
    made = cache(lambda: write_datadir(traded_market(), tmp_path_factory.mktemp("candles") / "synthetic"))
    return lambda source: REAL if source == "real" else made()
