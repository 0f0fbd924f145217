"""A real backtest of two presets, run once by the real Freqtrade, for all tests that want one."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from tests.strategy.support import BTC, ETH, Workplace
from tests.support.folders import SOURCES

# The exchange only lists contracts here; the candles come from files.
START_MS = 1_704_067_200_000
PRESETS = ("ICTObFvgStrategy", "ICTObTrendStrategy")
# Orders that rest, within hours and always; pools as targets; stops behind swings; entries by events.
OTHER_PRESETS = ("ICTBreakerStrategy", "ICTSilverBulletStrategy", "ICTOteTrendStrategy", "ICTCisdStrategy")


@pytest.fixture(scope="session", params=SOURCES)
def candles_folder(request: pytest.FixtureRequest, datadirs: Callable[[str], Path]) -> Path:
    """Give a folder of candles: whatever asks for it runs on synthetic ones, and again on real ones."""
    return datadirs(request.param)


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory, candles_folder: Path) -> Path:
    """Backtest two presets on two pairs for five weeks, and give Freqtrade's export."""
    # In five weeks, daily candles tell no trend yet.
    block = {"second_trend_timeframe": "none", "max_volatility_percentile": 100.0}
    return backtested(tmp_path_factory.mktemp("verdict"), candles_folder, PRESETS, block)


# A part that is closed at a pool, and zones that are entered once: at closes, and by orders that rest.
FURTHER = {
    "partial_exit_at": "liquidity", "partial_exit_percent": 40.0, "one_entry_per_zone": True,
    "max_position_percent": 60.0,
}  # fmt: skip
FURTHER_PRESETS = ("ICTObFvgStrategy", "ICTBreakerStrategy", "ICTOteTrendStrategy")


@pytest.fixture(scope="session")
def export_of_others(tmp_path_factory: pytest.TempPathFactory, candles_folder: Path) -> Path:
    """Do the same with presets that rest their entries, aim at pools or enter at events."""
    return backtested(tmp_path_factory.mktemp("others"), candles_folder, OTHER_PRESETS, {})


@pytest.fixture(scope="session")
def further_export(tmp_path_factory: pytest.TempPathFactory, candles_folder: Path) -> Path:
    """Do the same with parts closed at pools, zones entered once, and a third of the wallet a position.

    More trades may be open than there are pairs, so a pair is not given half of the wallet.
    """
    folder = tmp_path_factory.mktemp("further")
    return backtested(folder, candles_folder, FURTHER_PRESETS, FURTHER, max_open_trades=3)


@pytest.fixture(scope="session")
def small_export(tmp_path_factory: pytest.TempPathFactory, candles_folder: Path) -> Path:
    """Do the same with a wallet of which the exchange's minimum refuses many positions."""
    folder = tmp_path_factory.mktemp("small")
    return backtested(folder, candles_folder, PRESETS[:1], {}, dry_run_wallet=240.0)


def backtested(
    folder: Path, candles: Path, presets: Sequence[str], block: Mapping[str, Any], **given: Any
) -> Path:
    market = SyntheticMarket(START_MS, START_MS + 2 * DAY_MS, seed=7)
    config = {
        "ict": {"risk_per_trade_percent": 0.5, **block},
        "max_open_trades": 2,
        "exchange": {"pair_whitelist": [BTC, ETH]},
        **given,
    }
    with LoopbackServer(Exchange(market, FixedClock(START_MS + DAY_MS))) as server:
        server.write_overlay(folder / "loopback.json")
        place = Workplace.make(folder / "place", folder / "loopback.json", candles)
        market_of = ("--datadir", str(candles), "--timeframe", "15m", "--timerange", "20240101-20240205")
        # A list of strategies leaves no journal.
        named = ("--strategy-list", *presets) if len(presets) > 1 else ("--strategy", *presets)
        asked = (*named, "--export", "trades", "--cache", "none")
        run = place.run("backtesting", *market_of, *asked, config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    (archive,) = (place.folder / "user_data" / "backtest_results").glob("*.zip")
    return archive
