"""Which orders a wallet takes, and at what size: worked by hand, one candle an hour."""

import math
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
import pytest
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract, Tier
from ict_lab.replay.exits import NEVER
from ict_lab.replay.ledger import Ledger
from ict_lab.replay.positions import Orders
from ict_lab.replay.resting_account import RestingLedger
from ict_lab.replay.sizes import Sizer

from ict import Params
from ict.desk.sizing import Maintenance

HOUR = 3600 * 10**9
WALLET = Account(balance=10_000.0, slots=3)
# 100 USDT at risk; half of the wallet at the most.
SIZES = {"risk_per_trade_percent": 1.0, "max_position_percent": 50.0, "max_daily_trades": 100}


class Position(NamedTuple):
    """What was taken of an order."""

    number: int
    amount: float
    leverage: float
    part: float
    profit: float


def order(pair: int, opened: int, closed: int, exit_: float = 100.0, **other: Any) -> dict[str, Any]:
    """Make a long, or a short, from 100 with its stop 2 away."""
    side = other.pop("side", 1)
    return {
        "pair": pair, "side": side, "placed": opened * HOUR, "opened": opened * HOUR, "over": NEVER,
        "closed": closed * HOUR, "parted": NEVER, "entry": 100.0, "planned": 100.0,
        "stop": 100.0 - 2 * side, "exit": exit_, "part_price": 0.0,
        "fee": 0.0, "funding": 0.0, "part_funding": 0.0, "doubled": 0.0,
    } | other  # fmt: skip


def table(*orders: dict[str, Any]) -> Orders:
    """Tabulate orders, pair by pair in the order of time."""
    listed = sorted(orders, key=lambda one: (one["pair"], one["placed"]))
    return Orders(**{field.name: np.array([one[field.name] for one in listed]) for field in fields(Orders)})


def traded(
    *orders: dict[str, Any], account: Account = WALLET, contract: Contract | None = None, **settings: Any
) -> list[tuple[tuple[int, int], Position]]:
    """Take what there is room for: pair and hour of each, and what was made of it."""
    listed, contracts = table(*orders), [contract or Contract(0.001)] * 3
    taken = Ledger(listed, account, Params(**{**SIZES, **settings}), contracts, HOUR).trade()
    opened = zip(listed.pair[taken.number], listed.opened[taken.number] // HOUR, strict=True)
    rows = zip(*(getattr(taken, name) for name in Position._fields), strict=True)
    return [((int(pair), int(hour)), Position(*row)) for (pair, hour), row in zip(opened, rows, strict=True)]


def pairs(*orders: dict[str, Any], **given: Any) -> list[tuple[int, int]]:
    return [one for one, _ in traded(*orders, **given)]


def test_a_position_is_sized_by_its_stop_in_whole_lots() -> None:
    """1 % of 10,000 over a distance of 2 are 50 units, of 30 USDT a unit 3.333 in lots of 0.01."""
    ((_, first),) = traded(order(0, 1, 2, 102.0), account=Account(10_000.0, 1))
    assert (first.amount, first.leverage, first.profit) == (50.0, 1.0, 100.0)
    far = order(0, 1, 2, stop=70.0)
    assert traded(far, contract=Contract(0.01), account=Account(10_000.0, 1))[0][1].amount == 3.33


def test_a_position_is_between_what_the_exchange_takes() -> None:
    """Half of 1,000 are 5 units of 100: Freqtrade wants 1.05 least amounts, and 1.105 least costs."""
    wallet = Account(1_000.0, 1)
    for said, amounts in (
        ({"least_amount": 4.76}, [5.0]), ({"least_amount": 4.77}, []),
        ({"least_cost": 452.0}, [5.0]), ({"least_cost": 453.0}, []),
        ({"most_amount": 3.0}, [3.0]), ({"most_cost": 200.0}, [2.0]),
    ):  # fmt: skip
        contract = Contract(0.001, **said)
        assert [one.amount for _, one in traded(order(0, 1, 2), account=wallet, contract=contract)] == amounts
        far = traded(
            order(0, 1, 2, stop=50.0), account=wallet, contract=contract, risk_per_trade_percent=40.0
        )
        assert [one.amount for _, one in far] == amounts


def test_a_set_capital_is_the_equity() -> None:
    """1 % of 4,000 over 2 are 20 units, half of 4,000 at the most; a loss of 40 leaves 39.6 to risk."""
    account = Account(10_000.0, 1, balance_ratio=0.5, capital=4_000.0)
    (_, first), (_, second) = traded(order(0, 1, 2, 98.0), order(0, 3, 4), account=account)
    assert (first.amount, second.amount) == (20.0, 19.8)


def test_the_equity_is_what_closed_trades_left() -> None:
    """After a loss of 50 units * 2 = 100 the next one risks 1 % of 9,900."""
    (_, first), (_, second) = traded(
        order(0, 1, 2, 98.0), order(0, 3, 4), account=Account(10_000.0, 1), max_position_percent=100.0
    )
    assert (first.profit, second.amount) == (-100.0, 49.5)


def test_slots_share_the_wallet_and_its_ratio() -> None:
    """A third of 90 % of 10,000 is 3,000 at the most."""
    ((_, only),) = traded(order(0, 1, 2), account=Account(10_000.0, 3, balance_ratio=0.9))
    assert only.amount == 30.0
    ((_, fixed),) = traded(order(0, 1, 2), account=Account(10_000.0, 3, stake=1_000.0))
    assert fixed.amount == 10.0
    assert traded(order(0, 1, 2), account=Account(10_000.0, 3, stake=11_000.0)) == []


# With one slot where nothing else is said.
@pytest.mark.parametrize(("orders", "slots", "taken"), [
    # A slot is free at the candle of the close, and after a trade that ends in its first candle.
    ((order(0, 1, 3), order(1, 2, 5), order(2, 3, 5)), 1, [(0, 1), (2, 3)]),
    ((order(0, 1, 1), order(1, 1, 4)), 1, [(0, 1), (1, 1)]),
    # A position may be turned at the candle of its close and not repeated.
    ((order(0, 1, 3), order(0, 3, 4)), 3, [(0, 1)]),
    ((order(0, 1, 3), order(0, 3, 4, side=-1)), 3, [(0, 1), (0, 3)]),
    # Pairs with a position have their turn first: 2 frees its slot before 0 is asked, the whitelist's first.
    ((order(2, 1, 3), order(0, 3, 4), order(1, 3, 4)), 1, [(2, 1), (0, 3)]),
    ((order(2, 1, 3), order(0, 3, 4), order(2, 3, 4, side=-1)), 1, [(2, 1), (2, 3)]),
])  # fmt: skip
def test_there_are_so_many_slots(
    orders: tuple[dict[str, Any], ...], slots: int, taken: list[tuple[int, int]]
) -> None:
    assert pairs(*orders, account=Account(10_000.0, slots)) == taken


def test_no_order_is_placed_in_the_candle_in_which_a_position_ends() -> None:
    """LIM-1: it was there at the close before."""
    turned, later = order(0, 4, 6, side=-1, placed=3 * HOUR), order(0, 5, 6, side=-1, placed=4 * HOUR)
    listed = table(order(0, 2, 3, placed=HOUR), turned, later)
    taken = RestingLedger(listed, WALLET, Params(**SIZES), [Contract(0.001)], HOUR).trade()
    assert (listed.opened[taken.number] // HOUR).tolist() == [2, 5]


def test_the_days_caps_close_the_account_until_the_next_day() -> None:
    """A third of the wallet, 33.333 units, loses 0.667 %; a gain of the same candle comes after it."""
    lost, won = order(0, 1, 3, 98.0), order(1, 2, 3, 104.0)
    later, tomorrow = order(2, 4, 5), order(2, 24, 25)
    taken = pairs(lost, won, later, tomorrow, max_daily_loss_percent=0.66)
    assert taken == [(0, 1), (1, 2), (2, 24)]
    assert pairs(lost, won, later, max_daily_loss_percent=0.67) == [(0, 1), (1, 2), (2, 4)]
    assert pairs(lost, later, tomorrow, max_daily_trades=1) == [(0, 1), (2, 24)]


def test_every_limit_of_the_account_holds() -> None:
    """A third of the wallet, 33.333 units, loses 66.67 at its stop, and does here."""
    lost = [order(0, at, at + 1, 98.0) for at in (1, 3, 5)]
    week = pairs(*lost, order(0, 30, 31), order(0, 200, 201), max_weekly_loss_percent=1.3)
    assert week == [(0, 1), (0, 3), (0, 200)]
    assert pairs(*lost, max_losing_streak=2, streak_pause_hours=3) == [(0, 1), (0, 3)]
    assert pairs(*lost, order(0, 7, 8), max_losing_streak=2, streak_pause_hours=3)[-1] == (0, 7)
    assert pairs(*lost, max_drawdown_percent=1.0) == [(0, 1), (0, 3)]
    together = order(0, 1, 9), order(1, 1, 9), order(2, 1, 9)
    assert pairs(*together, max_open_risk_percent=1.5) == [(0, 1), (1, 1)]
    costly = order(0, 1, 2, fee=0.0021)
    assert pairs(costly, max_cost_r=0.2, min_stop_costs=0.0) == []
    assert pairs(costly, max_cost_r=0.21, min_stop_costs=0.0) == [(0, 1)]


def test_a_part_brings_its_gain_and_frees_its_margin() -> None:
    """Of 50 units a third, 16.666 in lots of 0.001, goes at 102; the rest is stopped at 98."""
    half = order(0, 1, 4, 98.0, parted=2 * HOUR, part_price=102.0)
    parts = {"partial_exit_at_r": 1.0, "partial_exit_percent": 33.333}
    ((_, taken),) = traded(half, account=Account(10_000.0, 1), **parts)
    assert taken.part == 16.666
    assert taken.profit == pytest.approx(16.666 * 2 - 33.334 * 2)
    # At three o'clock 66.67 % of 5,000 are tied up: what is free bounds a second one.
    _, (_, second) = traded(
        half, order(1, 3, 5), account=Account(10_000.0, 2, balance_ratio=0.5, stake=1_600.0),
        partial_exit_at_r=1.0, partial_exit_percent=50.0,
    )  # fmt: skip
    assert second.amount == 16.0


@pytest.mark.parametrize(("moved", "taken"), [(2, 2), (3, 2), (4, 1)])
def test_a_stop_that_was_moved_risks_nothing(moved: int, taken: int) -> None:
    """RISK-3: two thirds of a percent each, of one; the second is asked at three o'clock."""
    both, params = table(order(0, 1, 9), order(1, 3, 9)), Params(**SIZES, max_open_risk_percent=1.0)
    moves = {0: ([moved * HOUR], [100.0])}
    assert len(Ledger(both, WALLET, params, [Contract(0.001)] * 3, HOUR, moves).trade()) == taken


@pytest.mark.parametrize(("least", "part", "profit"), [(2_185.0, 25.0, -7.5), (2_186.0, 0.0, -110.0)])
def test_no_part_is_closed_whose_rest_is_too_small(least: float, part: float, profit: float) -> None:
    """EXIT-5: half of 50 units is worth 2,550 at 102, of which Freqtrade wants 1.05 / 0.9 least costs.

    A unit pays 0.1 of funding before the part and 0.1 after it.
    """
    half = order(0, 1, 4, 98.0, parted=2 * HOUR, part_price=102.0, funding=-0.1, part_funding=-0.1)
    given = {"contract": Contract(0.001, least_cost=least), "account": Account(10_000.0, 1)}
    ((_, taken),) = traded(half, partial_exit_at_r=1.0, partial_exit_percent=50.0, **given)
    assert (taken.part, taken.profit) == (part, pytest.approx(profit))


def test_an_order_that_rests_is_at_risk_from_its_limit_price() -> None:
    """RISK-3, LIM-3: 20 units each, from 100 to 98, that a backtest rests at 99.5: 80 of 10,000, not 70."""
    first, second = (order(pair, 9, 9, planned=100.0, entry=99.5, placed=HOUR) for pair in (0, 1))
    for percent, placed in ((0.79, 1), (0.8, 2)):
        params = Params(**{**SIZES, "max_position_percent": 20.0}, max_open_risk_percent=percent)
        ledger = RestingLedger(table(first, second), WALLET, params, [Contract(0.001)] * 3, HOUR)
        assert len(ledger.trade()) == placed


def test_fees_and_funding_are_in_the_profit() -> None:
    """Fees of 0.1 % on 100 and 102 are 0.202 a unit; a unit received 0.05 of funding."""
    paid = order(0, 1, 2, 102.0, fee=0.001, funding=0.05)
    ((_, taken),) = traded(paid, account=Account(10_000.0, 1))
    assert taken.amount == pytest.approx(10_000 * 0.01 / (2 + 0.001 * 198), abs=0.001)
    assert taken.profit == pytest.approx(taken.amount * (2 - 0.202 + 0.05))


def test_leverage_stays_where_the_stop_comes_before_the_liquidation() -> None:
    """A stop 2 % away takes 60 % of the way to a liquidation at 3.33 %: 30x with no margin to keep."""
    bracket = Contract(0.001, (Tier(0.0, 1e6, 125.0, Maintenance(0.0, 0.0)),))
    for asked, leverage in ((50, 30.0), (20, 20.0)):
        ((_, taken),) = traded(order(0, 1, 2), contract=bracket, position_leverage=asked)
        assert taken.leverage == leverage


def test_what_borrows_nothing_is_sized_as_the_desk_sizes_it() -> None:
    """RISK-1, over prices, lots, stops up to beyond the entry's own liquidation, and what bounds a size."""
    chance, params = np.random.default_rng(1), Params(**SIZES)
    sizes = set()
    for _ in range(2_000):
        price, lot = 10.0 ** chance.uniform(-6, 5), float(10.0 ** -chance.integers(0, 6))
        side = int(chance.choice([-1, 1]))
        stop = price * (1 - side * 10.0 ** chance.uniform(-4, 0 if side < 0 else -0.01))
        one = order(0, 1, 2, side=side, stop=stop, planned=price, entry=price * (1 + 1e-4 * side), fee=0.0005)
        available, tied = chance.uniform(-10, 20_000), float(chance.choice([0.0, 3_000.0]))
        wallet = Account(10_000.0, 3, stake=float(chance.choice([math.inf, 500.0])))
        quick, slow = (Sizer(table(one), wallet, params, [Contract(lot)]) for _ in range(2))
        slow._is_safe = [False]
        size = quick.size(0, available, tied)
        assert size == slow.size(0, available, tied)
        sizes.add(size is None)
    assert sizes == {True, False}
