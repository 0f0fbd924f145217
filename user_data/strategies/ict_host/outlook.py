"""What a pair would do now, from its signals: for the running bot, and for candles on disk."""

from __future__ import annotations

from datetime import timedelta

from ict.candles import Floats
from ict.now.facts import Block, PairNow
from ict.now.market import market_now
from ict.now.setup import Question, sides_now
from ict_host.calendar import Calendar
from ict_host.signals import Signals


def pair_outlook(
    pair: str,
    timeframe: str,
    candle: timedelta,
    signals: Signals | None,
    calendar: Calendar,
    *,
    fees: tuple[float, float],
    tick: Floats,
    spread: float = float("nan"),
    funding_hourly: float = float("nan"),
    held_hours: float = float("nan"),
) -> PairNow:
    """Say what a pair's newest close makes of the setup, and what is missing.

    Parameters
    ----------
    pair, timeframe : str
        As Freqtrade names them.
    candle : timedelta
        Length of a candle.
    signals : Signals or None
        Of the analysed candles; None where those are missing or wrong.
    calendar : Calendar
        Times of entries.
    fees : tuple[float, float]
        Of entry and exit, ratios of the notional.
    tick : Floats
        Price step of the pair at each candle, shape (n,).
    spread : float
        What of the order book's spread an entry and its stop pay, in the quote currency.
    funding_hourly : float
        What a long pays for an hour, ratio of the notional.
    held_hours : float
        For how long the strategy's trades are held, the median.
    """
    if signals is None or not len(signals.opens):
        return PairNow(pair=pair, timeframe=timeframe, market=None, blocks=(Block(cause="no_candles"),))
    newest, rests = signals.opens[-1].to_pydatetime(), signals.entries is None
    closed_by = calendar.closed_by(newest, candle, rests=rests)
    signal = int(signals.direction[-1])
    question = Question(
        signal=signal,
        fees=fees,
        tick=tick,
        spread=spread,
        funding=funding_hourly * held_hours,
        closed_by=closed_by,
        opens_at=calendar.opens_at(newest, candle, rests=rests) if closed_by else None,
    )
    # What entries don't ask for may not have come with the candles.
    columns = signals.columns.completed()
    return PairNow(
        pair=pair,
        timeframe=timeframe,
        market=market_now(columns, timeframe, candle),
        sides=sides_now(columns, question),
        signal=signal,
        held_hours=held_hours,
        blocks=(Block(cause="alerts_only"),) if columns.chart.params.alerts_only else (),
    )
