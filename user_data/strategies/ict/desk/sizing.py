"""How large a position may be, and at which leverage (RISK-1)."""

import math
from dataclasses import dataclass

from ict.candles import Direction
from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels
from ict.params import Params

# Largest share of the way from the entry to the liquidation for the stop.
LIQUIDATION_SHARE = 0.6
# A float's last digit must not cost a lot, neither here nor where Freqtrade makes an amount of the margin.
NUDGE = 1 + 1e-9


class SizeError(LevelError):
    """The position would be too small for the exchange."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Margin that a position needs, or the exchange liquidates it.

    Attributes
    ----------
    ratio : float
        Part of the notional.
    amount : float
        What is taken off that, in the quote currency.
    """

    ratio: float
    amount: float


def notional_for_risk(levels: Levels, *, fee: float, equity: float, leverage: float, params: Params) -> float:
    """Size of which a stopped trade loses no more than its share of the equity, fees included (RISK-1).

    Parameters
    ----------
    levels : Levels
        Expected fill and stop.
    fee : float
        Taker's fee of one side, ratio of the notional: a stop fills at it, too.
    equity : float
        Realised equity that the bot may use, in the stake currency.
    leverage : float
        Leverage that is set, at least 1.
    params : Params
        `risk_per_trade_percent`, `max_position_percent`.

    Returns
    -------
    float
        Notional in the quote currency, above 0.

    Raises
    ------
    LevelError
        When equity or fee are not known.
    """
    loss = levels.risk + fee * (levels.entry + levels.stop)
    by_risk = equity * params.risk_per_trade_percent / 100 / loss * levels.entry
    by_position = equity * params.max_position_percent / 100 * leverage
    # An unknown value gives no permission; NaN would win or lose a comparison by its place in it.
    if not (0 < by_risk < math.inf and 0 < by_position < math.inf):
        raise LevelError(f"equity and fee must be known and the equity above 0, were {equity} and {fee}")
    return min(by_risk, by_position)


def safe_leverage(
    levels: Levels,
    direction: Direction,
    notional: float,
    maintenance: Maintenance,
    liquidation_buffer: float,
) -> int:
    """Highest leverage at which the stop lies within 60 % of the way to the liquidation (RISK-1).

    An isolated position is liquidated where its margin is down to the maintenance margin: at leverage L
    the way there is entry * (1 / L + amount / notional - ratio) / (1 -+ ratio), long and short.

    Parameters
    ----------
    levels : Levels
        Entry and stop.
    direction : Direction
        +1 long, -1 short.
    notional : float
        Size, in the quote currency.
    maintenance : Maintenance
        Of a position of that size.
    liquidation_buffer : float
        Part of the way by which Freqtrade closes before the liquidation, 0 to 1: the stop comes first.

    Returns
    -------
    int
        Whole leverage, as Binance takes it; 0 where there is none.
    """
    share = min(LIQUIDATION_SHARE, 1 - liquidation_buffer)
    least_way = levels.risk / share / levels.entry if share > 0 else math.inf
    margin = (
        least_way * (1 - direction * maintenance.ratio) + maintenance.ratio - maintenance.amount / notional
    )
    return int(1 / margin * NUDGE) if margin > 0 else 0


def whole_stake(
    notional: float,
    *,
    entry: float,
    rate: float,
    grid: Grid,
    leverage: float,
    min_stake: float,
    max_stake: float,
) -> float:
    """Margin of as many whole lots as a size and the limits allow.

    Parameters
    ----------
    notional : float
        Largest size, in the quote currency.
    entry : float
        Price that the size is planned from.
    rate : float
        Price that the margin is divided by: a backtest rests a tick beyond the entry (LIM-3).
    grid : Grid
        The pair's lot.
    leverage : float
        Leverage of the position, at least 1.
    min_stake, max_stake : float
        What the exchange and the wallet allow, as margin in the stake currency.

    Returns
    -------
    float
        Margin (notional over leverage), above 0 and not below the minimum.

    Raises
    ------
    SizeError
        When that would be below the minimum, or a limit is not known.
    """
    most = min(notional / entry, max_stake * leverage / rate)
    # A sum is finite where all of its parts are.
    known = math.isfinite(notional + leverage + min_stake + max_stake)
    amount = grid.amount(most * NUDGE) if known else 0.0
    stake = amount * rate / leverage
    if not (stake > 0 and stake >= min_stake):
        if max_stake <= min_stake:
            raise SizeError(
                f"whole lots of the {max_stake:g} that Freqtrade's own limits on money leave it would be "
                f"below the exchange's minimum of {min_stake}"
            )
        raise SizeError(f"its size would be below the exchange's minimum of {min_stake}")
    return min(stake * NUDGE, max_stake)
