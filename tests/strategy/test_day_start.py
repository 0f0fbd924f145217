"""Losses are measured on the equity of their period's start, deposits and withdrawals left out."""

from datetime import datetime, timedelta
from unittest.mock import Mock, call

import ccxt
import pytest
from freqtrade.enums import RunMode
from freqtrade.strategy.interface import IStrategy
from ict_host.book import PastEquity

from ict.desk.limits.facts import Close, TradeFact
from tests.strategy.host import ENTRY, EQUITY, NOW, filled, opened, saved, stopped
from tests.strategy.live import LiveWallets, running
from tests.strategy.support import ict_block
from tests.strategy.test_fail_closed import confirmed

pytestmark = pytest.mark.usefixtures("book")

MIDNIGHT = NOW.replace(hour=0)
LOST = TradeFact(NOW, (Close(NOW, -400.0),))


def transfer(amount: float, at: datetime, asset: str = "USDT", kind: str = "TRANSFER") -> dict[str, str]:
    """Make a row of Binance's history of incomes."""
    stamp = str(int(at.timestamp() * 1000))
    return {"asset": asset, "income": str(amount), "time": stamp, "incomeType": kind}


def bot(
    *incomes: dict[str, str], lost: float = 0.0, hours: int = 2, equity: float = EQUITY, **settings: float
) -> IStrategy:
    """Start a bot that has seen a loss some hours ago, and transfers, both before it was started."""
    strategy = running(ict=ict_block(**settings))
    strategy.dp._exchange.incomes = list(incomes)
    if lost:
        stopped(opened(at=NOW - timedelta(hours=hours + 3))[0], -lost, NOW - timedelta(hours=hours))
    strategy.wallets = LiveWallets(equity)
    return strategy


WEEK, DRAWDOWN = {"max_weekly_loss_percent": 4.0}, {"max_drawdown_percent": 4.0}


@pytest.mark.parametrize(("settings", "hours", "lost", "moved", "is_allowed"), [
    ({}, 2, 400.0, 0.0, False),  # 4 % of 10 000
    ({}, 2, 400.0, 10_000.0, False),  # a deposit lifts no cap
    ({}, 2, 290.0, 0.0, True),
    ({}, 2, 290.0, -5000.0, True),  # a withdrawal tightens none: 290 of the 4 710 that are left are 6 %
    ({}, 2, 310.0, -5000.0, False),
    (WEEK, 24, 401.0, 0.0, False),  # NOW is a Tuesday: lost on Monday
    (WEEK, 24, 401.0, 10_000.0, False),
    (WEEK, 24, 390.0, -5000.0, True),
    (DRAWDOWN, 480, 401.0, 0.0, False),
    (DRAWDOWN, 480, 401.0, 10_000.0, False),
    (DRAWDOWN, 480, 390.0, -5000.0, True),
])  # fmt: skip
def test_a_transfer_changes_nothing(
    settings: dict[str, float], hours: int, lost: float, moved: float, is_allowed: bool
) -> None:
    """RISK-2, RISK-4, RISK-5: one of an hour ago, or of yesterday where the loss is older."""
    rows = [transfer(moved, NOW - timedelta(hours=20 if settings else 1))] if moved else []
    strategy = bot(*rows, lost=lost, hours=hours, equity=EQUITY - lost + moved, **settings)
    assert confirmed(strategy) is is_allowed


@pytest.mark.parametrize("kind", ["INTERNAL_TRANSFER", "COIN_SWAP_DEPOSIT", "WELCOME_BONUS"])
@pytest.mark.parametrize("others", [0, 1000])
def test_money_that_came_in_another_way_lifts_no_cap(kind: str, others: int) -> None:
    """Also behind as many fees as one answer holds."""
    fees = [transfer(0.0, NOW - timedelta(hours=2), kind="COMMISSION")] * others
    moved = transfer(10_000.0, NOW - timedelta(hours=1), kind=kind)
    assert not confirmed(bot(*fees, moved, lost=400.0, equity=EQUITY - 400.0 + 10_000.0))


def test_what_trades_made_is_no_deposit() -> None:
    rows = [transfer(10_000.0, NOW, kind=kind) for kind in ("REALIZED_PNL", "FUNDING_FEE")]
    assert confirmed(bot(*rows, lost=290.0, equity=EQUITY - 290.0))


@pytest.mark.parametrize(("lost", "is_allowed"), [(290.0, True), (310.0, False)])
def test_what_moved_before_midnight_or_in_another_coin_was_there(lost: float, is_allowed: bool) -> None:
    old = transfer(5000.0, MIDNIGHT - timedelta(seconds=1)), transfer(7000.0, NOW, "BNB")
    assert confirmed(bot(*old, lost=lost, equity=EQUITY - lost)) is is_allowed


def test_the_start_is_asked_for_once_a_day() -> None:
    """A deposit that the history does not show yet can't lift the cap any more."""
    strategy = bot()
    assert confirmed(strategy)
    stopped(opened(at=NOW - timedelta(hours=5))[0], -400.0, NOW)
    strategy.wallets = LiveWallets(EQUITY + 10_000.0 - 400.0)
    assert confirmed(strategy) is False


def test_no_entry_while_the_exchange_does_not_answer_and_again_when_it_does() -> None:
    strategy, answers = bot(), [ccxt.RequestTimeout("binance"), ccxt.ExchangeError("busy"), []]
    strategy.dp._exchange.fapiprivate_get_income = Mock(side_effect=answers)
    assert [confirmed(strategy) for _ in range(4)] == [False, False, True, True]
    assert any("RequestTimeout" in text for text in strategy.dp.sent)


def test_a_simulation_asks_nobody() -> None:
    strategy = running(runmode=RunMode.DRY_RUN)
    del strategy.dp._exchange.incomes
    strategy.wallets = LiveWallets()
    assert confirmed(strategy)


@pytest.mark.parametrize(("config", "equity", "start"), [
    ({}, 9600.0, 10_000.0),
    # 9 500 of the 10 000 were the bot's; 400 lost and 1 000 deposited leave 10 600, of which 10 070 are.
    ({"tradable_balance_ratio": 0.95}, 10_070.0, 9500.0),
    # A capital that is set knows no deposits: 5 000 less what was lost.
    ({"available_capital": 5000.0, "tradable_balance_ratio": 0.95}, 4600.0, 5000.0),
])  # fmt: skip
def test_the_equity_that_the_configuration_leaves(
    config: dict[str, float], equity: float, start: float
) -> None:
    past = PastEquity(config, lambda since: 1000.0 if config else 0.0)
    assert past.at(MIDNIGHT, equity, [LOST]) == pytest.approx(start)


@pytest.mark.parametrize("config", [{}, {"available_capital": EQUITY}])
@pytest.mark.parametrize(("lost", "is_allowed"), [(299.0, True), (301.0, False)])
def test_a_part_that_was_closed_does_not_move_the_days_start(
    config: dict[str, float], lost: float, is_allowed: bool
) -> None:
    """RISK-2: Freqtrade adds a part's gain to the wallet at once, to a set capital with the rest."""
    strategy = running(runmode=RunMode.DRY_RUN, **config)
    stopped(opened(at=NOW - timedelta(hours=5))[0], -lost, NOW - timedelta(hours=4))
    trade, _ = opened(at=NOW - timedelta(hours=3))
    part = filled("sell", 2 * ENTRY, NOW)
    part.amount = part.ft_amount = part.filled = 0.005
    trade.orders.append(part)
    trade.recalc_trade_from_orders()
    saved(trade)
    assert trade.realized_profit == pytest.approx(299.55)
    strategy.wallets = LiveWallets(EQUITY - lost + (0.0 if config else trade.realized_profit))
    assert confirmed(strategy) is is_allowed


def test_the_next_day_begins_anew() -> None:
    nothing, tomorrow = Mock(return_value=0.0), MIDNIGHT + timedelta(days=1)
    past = PastEquity({}, nothing)
    assert past.at(MIDNIGHT, 9600.0, [LOST]) == 10_000.0
    assert past.at(MIDNIGHT, 1.0, []) == 10_000.0
    assert past.at(tomorrow, 9000.0, [LOST]) == 9000.0
    assert nothing.mock_calls == [call(MIDNIGHT), call(tomorrow)]
