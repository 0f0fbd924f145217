import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.loggers import LOGFORMAT
from ict_lab.bots.discord import LoopbackDiscord

from tests.config.conftest import scratch, user_data
from tests.config.support import load

__all__ = ["scratch", "user_data"]


@pytest.fixture
def configured(
    user_data: Path, monkeypatch: pytest.MonkeyPatch, discord: LoopbackDiscord
) -> Callable[..., dict[str, Any]]:
    """Load config.json and overlays by Freqtrade's own code, with the loopback webhook in the environment."""
    monkeypatch.setenv("FREQTRADE__DISCORD__WEBHOOK_URL", discord.url)

    def configure(*overlays: str) -> dict[str, Any]:
        settings = load(*overlays, user_data=user_data)
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
