"""When a synthetic or recorded market will bring the next entry signal: its future is known here."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from freqtrade.configuration.load_config import load_from_files
from freqtrade.enums import RunMode, TradingMode
from freqtrade.resolvers import StrategyResolver

from ict_lab.paper.settings import PAIR, SYMBOL, Options
from ict_lab.places import REPOSITORY, STRATEGIES
from loopback.market.files import to_frame
from loopback.market.intervals import DAY_MS, LENGTH_MS, next_open
from loopback.market.source import Kind, Market

# Within this many milliseconds the next signal is looked for, and so much is looked back on.
AHEAD_MS, BEHIND_MS = 2 * DAY_MS, 10 * DAY_MS


@dataclass(frozen=True)
class Signal:
    """An entry signal to come: when it is known (milliseconds UTC), its side and its tag."""

    time_ms: int
    side: str
    tag: str


class _Candles:
    """Replaces Freqtrade's data provider: returns the candles of higher timeframes."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def get_pair_dataframe(self, pair: str, timeframe: str) -> pd.DataFrame:
        """Return all candles of a timeframe, past and to come."""
        assert pair == PAIR
        return _frame(self._market, timeframe, (0, 2**62))


def next_signal(market: Market, options: Options, now_ms: int) -> Signal | None:
    """Return the first entry signal of the strategy after now, or None if none comes soon.

    Parameters
    ----------
    market
        The candles, past and to come.
    options
        The strategy and its timeframe.
    now_ms
        Now, in milliseconds UTC.
    """
    strategy = _strategy(options)
    strategy.dp = _Candles(market)
    frame = _frame(market, options.timeframe, (now_ms - BEHIND_MS, now_ms + AHEAD_MS))
    metadata = {"pair": PAIR}
    frame = strategy.populate_entry_trend(strategy.populate_indicators(frame, metadata), metadata)
    known = next_open(_times(frame), options.timeframe)
    coming = frame[(known > now_ms) & ((frame["enter_long"] == 1) | (frame["enter_short"] == 1))]
    if not len(coming):
        return None
    first = coming.iloc[0]
    opened = int(first["date"].timestamp() * 1000)
    side = "long" if first["enter_long"] == 1 else "short"
    return Signal(opened + LENGTH_MS[options.timeframe], side, str(first["enter_tag"]))


def _strategy(options: Options) -> Any:
    config = load_from_files([str(REPOSITORY / "config.json")]) | {
        "strategy": options.strategy,
        "strategy_path": str(STRATEGIES),
        "user_data_dir": STRATEGIES,
        "trading_mode": TradingMode.FUTURES,
        "stake_currency": "USDT",
        "runmode": RunMode.BACKTEST,
        "dry_run": True,
        "timeframe": options.timeframe,
    }
    strategy = StrategyResolver.load_strategy(config)
    strategy.ft_bot_start()
    return strategy


def _frame(market: Market, timeframe: str, span_ms: tuple[int, int]) -> pd.DataFrame:
    return to_frame(market.candles(SYMBOL, Kind.LAST, timeframe).between(*span_ms)).copy()


def _times(frame: pd.DataFrame) -> Any:
    return frame["date"].dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype("int64")
