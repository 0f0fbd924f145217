"""Fixtures: candles, the exchange that answers for Binance, scratch folders; and where losses are."""

import sys
from pathlib import Path

from tests.strategy.conftest import _own_process, datadir, exchange_overlay, workplaces

__all__ = ["_own_process", "datadir", "exchange_overlay", "workplaces"]

# Freqtrade finds losses by their folder.
sys.path.append(str(Path(__file__).resolve().parents[2] / "user_data" / "hyperopts"))
