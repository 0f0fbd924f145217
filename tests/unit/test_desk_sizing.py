"""Size and leverage of a position (RISK-1), worked by hand."""

import math
import random
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.enums import MarginMode, TradingMode
from freqtrade.exchange.binance import Binance

from ict import Params
from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels
from ict.desk.sizing import Maintenance, SizeError, notional_for_risk, safe_leverage, whole_stake

LONG, SHORT = Levels(100.0, 80.0, None), Levels(100.0, 120.0, None)  # 20 % to the stop


def notional(levels: Levels = LONG, **changed: Any) -> float:
    """Size an account of 10,000 that risks 1 % (100) a trade and puts at most 10 % (1,000) into one."""
    account = {"fee": 0.0, "equity": 10_000.0, "leverage": 1.0, "params": Params(), **changed}
    return notional_for_risk(levels, **account)


@pytest.mark.parametrize(("levels", "changed", "expected"), [
    (LONG, {}, 500.0),  # 100 / 0.2
    (SHORT, {}, 500.0),
    (LONG, {"fee": 0.001}, 10_000 / 20.18),  # 20 to the stop, 0.10 to enter and 0.08 to leave
    (SHORT, {"fee": 0.001}, 10_000 / 20.22),  # 20 to the stop, 0.10 to enter and 0.12 to leave
    (Levels(100.0, 99.0, None), {}, 1000.0),  # 10,000 by risk, 1,000 by position
    (Levels(100.0, 90.0, None), {}, 1000.0),  # both arms are 1,000
    (Levels(100.0, 99.0, None), {"leverage": 5.0}, 5000.0),  # by position
    (Levels(100.0, 99.0, None), {"leverage": 20.0}, 10_000.0),  # by risk
    (LONG, {"params": Params(risk_per_trade_percent=0.5)}, 250.0),
    (Levels(100.0, 99.0, None), {"params": Params(max_position_percent=100.0)}, 10_000.0),
    (LONG, {"equity": 1234.0}, 61.7),
    (LONG, {"equity": 1.0}, 0.05),
])  # fmt: skip
def test_the_smaller_of_risk_and_position(levels: Levels, changed: dict[str, Any], expected: float) -> None:
    assert notional(levels, **changed) == pytest.approx(expected, rel=1e-12)


def test_without_equity_or_a_known_fee_there_is_no_trade() -> None:
    for equity in (0.0, -0.0, -50.0, math.nan, -math.inf, math.inf):
        with pytest.raises(LevelError, match="the equity above 0, were"):
            notional(equity=equity)
    for wrong in (
        {"fee": math.nan},
        {"fee": math.inf},
        *({"leverage": at} for at in (math.nan, math.inf, 0.0)),
    ):
        with pytest.raises(LevelError, match="fee must be known"):
            notional(**wrong)


@pytest.mark.parametrize("stop", [99.7, 99.0, 95.0, 80.0, 50.0])
@pytest.mark.parametrize("leverage", [1.0, 3.0, 20.0])
def test_a_stopped_trade_loses_what_is_set_and_no_more(stop: float, leverage: float) -> None:
    """What the size is for: at the stop, both fees paid at 0.05 %, at most 1 % of the equity is gone."""
    coins = notional(Levels(100.0, stop, None), fee=0.0005, leverage=leverage) / 100
    lost = coins * (100 - stop) + 0.0005 * coins * (100 + stop)
    assert lost <= 100 * (1 + 1e-12)
    assert lost == pytest.approx(100) or coins * 100 == pytest.approx(1000 * leverage)


@pytest.mark.parametrize(("limits", "expected"), [
    ({}, 96.0),  # 100 at 60 a coin are 1.66 coins: 1.6 in lots of 0.1
    ({"leverage": 5.0}, 19.2),
    ({"notional": 96.0}, 96.0),  # 96 / 60 is 1.6, whatever floats make of it
    ({"max_stake": 50.0}, 48.0),  # 0.8 coins
    ({"max_stake": 50.0, "leverage": 2.0}, 48.0),  # the wallet's 50 hold 100: 1.6 coins
    ({"min_stake": 96.0}, 96.0),
    ({"notional": 6.0, "leverage": 10.0, "min_stake": 0.0}, 0.6),
    ({"rate": 60.1}, 96.16),  # a short of a backtest rests a tick above: the same 1.6 coins
    ({"rate": 63.0, "max_stake": 96.5}, 94.5),  # of which the wallet's 96.5 holds 1.5
])  # fmt: skip
def test_whole_lots(limits: dict[str, float], expected: float) -> None:
    assert stake(**limits) == pytest.approx(expected, rel=1e-8)


def stake(**limits: float) -> float:
    asked = {"notional": 100.0, "rate": 60.0, "leverage": 1.0, "min_stake": 5.0, "max_stake": 1e9, **limits}
    return whole_stake(entry=60.0, grid=Grid(0.01, 0.1), **asked)


@pytest.mark.parametrize("limits", [
    {"min_stake": 96.01},  # RISK-1: never raised to the exchange's minimum
    {"min_stake": 98.0},  # 100 would do, 1.6 coins don't
    {"notional": 5.9}, {"notional": 5.9, "min_stake": 0.0},  # not a lot
    {"min_stake": math.nan}, {"max_stake": math.nan}, {"notional": math.nan}, {"leverage": math.nan},
])  # fmt: skip
def test_below_the_minimum_there_is_no_trade(limits: dict[str, float]) -> None:
    with pytest.raises(SizeError, match=r"^its size would be below the exchange's minimum of "):
        stake(**limits)


@pytest.mark.parametrize("most", [5.0, 4.0, 0.0, -1.0])
def test_what_freqtrade_leaves_below_the_minimum_is_the_reason(most: float) -> None:
    reason = f"whole lots of the {most:g} that Freqtrade's own limits on money leave it would be below the "
    with pytest.raises(SizeError, match=f"^{reason}exchange's minimum of 5.0$"):
        stake(max_stake=most)


@pytest.mark.parametrize("rate", [59_987.3, 59_987.4, 59_987.2])
def test_freqtrade_makes_the_same_amount_of_the_margin(rate: float) -> None:
    """It divides by the price and cuts to lots: neither a float's last digit nor LIM-3's tick costs one."""
    for lots in range(1, 2000):
        margin = whole_stake(lots * 0.001 * 59_987.3, entry=59_987.3, rate=rate, grid=Grid(0.1, 0.001),
                             leverage=7.0, min_stake=0.0, max_stake=1e9)  # fmt: skip
        assert Grid(0.1, 0.001).amount(margin / rate * 7.0) == round(lots * 0.001, 3)


@pytest.mark.parametrize(("stop", "direction", "maintenance", "buffer", "leverage"), [
    # Long, 2 % to the stop: the way must be 3.3333 %. 1 / L - 0.4 % over 99.6 % is that at L = 26.88.
    (98.0, 1, Maintenance(0.004, 0.0), 0.05, 26),
    # 1 / L - 5 % over 95 %, L = 12.2; short: over 105 %, L = 11.8.
    (98.0, 1, Maintenance(0.05, 0.0), 0.05, 12),
    (102.0, -1, Maintenance(0.05, 0.0), 0.05, 11),
    (98.0, 1, Maintenance(0.0, 0.0), 0.05, 30),  # exactly 60 % of a thirtieth
    (98.0, 1, Maintenance(0.004, 2.0), 0.05, 28),  # 2 of the 1,000 are taken off: 0.2 %, L = 28.4
    (98.0, 1, Maintenance(0.0, 0.0), 0.5, 25),  # Freqtrade itself closes halfway
    (98.0, 1, Maintenance(0.0, 0.0), 1.0, 0),  # and here at once
    (39.0, 1, Maintenance(0.0, 0.0), 0.05, 0),  # 61 % away, the whole price is the way
    (40.0, 1, Maintenance(0.0, 0.0), 0.05, 1),
    (98.0, 1, Maintenance(math.nan, 0.0), 0.05, 0),
    (98.0, 1, Maintenance(0.0, 40.0), 0.5, 0),  # more is taken off than the way needs
])  # fmt: skip
def test_the_stop_comes_well_before_the_liquidation(
    stop: float, direction: int, maintenance: Maintenance, buffer: float, leverage: int
) -> None:
    """Of an entry at 100 and a size of 1,000."""
    assert safe_leverage(Levels(100.0, stop, None), direction, 1000.0, maintenance, buffer) == leverage


# By Freqtrade's own formula of Binance's liquidation price

DRAW = random.Random(11)
# Sizes and what is to be kept of them: each amount is less than its ratio's part of the size.
BRACKETS = ((1_000.0, (0.004, 0.0)), (60_000.0, (0.005, 50.0)), (900_000.0, (0.01, 1_300.0)))
DRAWN = [(DRAW.choice((1, -1)), DRAW.uniform(0.002, 0.3), *DRAW.choice(BRACKETS)) for _ in range(200)]


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


@pytest.mark.parametrize(("side", "distance", "notional", "maintenance"), DRAWN)
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
