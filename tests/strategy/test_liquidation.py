"""The leverage of an entry, by Freqtrade's own formula of Binance's liquidation price."""

import random
from types import SimpleNamespace

import pytest
from freqtrade.enums import MarginMode, TradingMode
from freqtrade.exchange.binance import Binance

from ict.desk.levels import Levels
from ict.desk.sizing import Maintenance, safe_leverage

DRAW = random.Random(11)
# Sizes and what is to be kept of them: each amount is less than its ratio's part of the size.
BRACKETS = ((1_000.0, (0.004, 0.0)), (60_000.0, (0.005, 50.0)), (900_000.0, (0.01, 1_300.0)))
CASES = [(DRAW.choice((1, -1)), DRAW.uniform(0.002, 0.3), *DRAW.choice(BRACKETS)) for _ in range(200)]


def liquidation(side: int, leverage: int, notional: float, maintenance: tuple[float, float]) -> float:
    """Give Freqtrade's liquidation price of an isolated position that was entered at 100."""
    exchange = SimpleNamespace(
        margin_mode=MarginMode.ISOLATED, trading_mode=TradingMode.FUTURES,
        get_maintenance_ratio_and_amt=lambda pair, stake: maintenance,
    )  # fmt: skip
    stake = notional / leverage
    price = Binance.dry_run_liquidation_price(
        exchange, "BTC/USDT:USDT", 100.0, side < 0, notional / 100.0, stake, leverage, stake, []
    )
    assert price is not None
    return price


@pytest.mark.parametrize(("side", "distance", "notional", "maintenance"), CASES)
def test_the_highest_leverage_whose_stop_is_within_sixty_percent_of_the_way(
    side: int, distance: float, notional: float, maintenance: tuple[float, float]
) -> None:
    stop = 100.0 * (1 - side * distance)
    leverage = safe_leverage(Levels(100.0, stop, None), side, notional, Maintenance(*maintenance), 0.05)

    def is_within(leverage: int) -> bool:
        way = side * (100.0 - liquidation(side, leverage, notional, maintenance))
        return abs(100.0 - stop) <= 0.6 * way * (1 + 1e-9)

    assert leverage >= 1
    assert is_within(leverage)
    assert not is_within(leverage + 1)
