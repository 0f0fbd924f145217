"""What holds for every test."""

import logging
import os
from collections.abc import Iterator

import pytest

QUIETENED = ("freqtrade", "ft_rest_client", "distributed", "uvicorn")
SILENCED_FILE = "FREQTRADE__LOGFILE"


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
