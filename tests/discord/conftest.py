import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.loggers import LOGFORMAT
from ict_lab.bots.discord import LoopbackDiscord

from tests.config.support import load


@pytest.fixture
def configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, discord: LoopbackDiscord
) -> Callable[..., dict[str, Any]]:
    """Load config.json and overlays by Freqtrade's own code, with the loopback webhook in the environment."""
    for name in [name for name in os.environ if name.startswith("FREQTRADE__")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FREQTRADE__DISCORD__WEBHOOK_URL", discord.url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "user_data").mkdir()

    def configure(*overlays: str) -> dict[str, Any]:
        settings = load(*overlays, user_data=tmp_path / "user_data")
        return settings | {"strategy": "ICTObFvgStrategy", "timeframe": "15m"}

    return configure


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Log everything into a file, at DEBUG level, as Freqtrade does."""
    path = tmp_path / "trader.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(LOGFORMAT))
    for name in (None, "urllib3", "ccxt.base.exchange"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()
