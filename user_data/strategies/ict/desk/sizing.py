"""How large a position may be (RISK-1)."""

from __future__ import annotations

import math

from ict.candles import Direction
from ict.desk.levels import stop_distance
from ict.params import Params


def stake_for_risk(
    *,
    equity: float,
    entry: float,
    stop: float,
    direction: Direction,
    leverage: float,
    min_stake: float,
    max_stake: float,
    params: Params,
) -> float:
    """Margin to stake so that a stopped trade loses no more than its share of the equity (RISK-1).

    Parameters
    ----------
    equity : float
        Realised account equity, in the stake currency.
    entry, stop : float
        Expected fill and stop price.
    direction : Direction
        +1 long, -1 short.
    leverage : float
        Leverage of the position, at least 1.
    min_stake, max_stake : float
        What the exchange and the wallet allow, as margin in the stake currency.
    params : Params
        `risk_per_trade_percent`, `max_position_percent`.

    Returns
    -------
    float
        Margin (notional over leverage). 0 means no trade: there is no equity, a number is not known, or
        the size would be below the exchange's minimum. It is never raised to that minimum.

    Raises
    ------
    LevelError
        When the stop is not on the losing side of the entry.
    """
    risked_share = stop_distance(entry, stop, direction) / entry
    by_risk = equity * params.risk_per_trade_percent / 100 / risked_share
    by_position = equity * params.max_position_percent / 100 * leverage
    stake = min(min(by_risk, by_position) / leverage, max_stake)
    # What is not known is no permission; NaN would win or lose a comparison by its place in it.
    known = all(map(math.isfinite, (equity, leverage, min_stake, max_stake, stake)))
    return stake if known and stake > 0 and stake >= min_stake else 0.0
