"""What happens when something inside goes wrong: no trade. Through Freqtrade's own wrapper."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from freqtrade.exceptions import DependencyException, OperationalException
from freqtrade.persistence import PairLocks
from freqtrade.strategy.interface import IStrategy
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

from tests.strategy import host
from tests.strategy.host import ENTRY, EQUITY, NOW, PROPOSED
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("book")

SIDES = ("long", "short")
ERRORS = (RuntimeError("broken"), ValueError("broken"), KeyError("broken"), DependencyException("broken"))
both_sides = pytest.mark.parametrize("side", SIDES)


def stake(strategy: IStrategy, side: str = "long", **changed: Any) -> float:
    """Ask as Freqtrade does: when the callback raises, it stakes everything that it proposed."""
    asked = {
        "pair": BTC, "current_time": NOW, "current_rate": ENTRY, "proposed_stake": PROPOSED,
        "min_stake": 110.0, "max_stake": PROPOSED, "leverage": 1.0, "entry_tag": "ob", "side": side,
        **changed,
    }  # fmt: skip
    return strategy_safe_wrapper(strategy.custom_stake_amount, default_retval=PROPOSED)(**asked)


def confirmed(strategy: IStrategy, side: str = "long", **changed: Any) -> bool:
    """Ask as Freqtrade does: when the callback raises, it enters."""
    asked = {
        "pair": BTC, "order_type": "market", "amount": 0.01, "rate": ENTRY, "time_in_force": "GTC",
        "current_time": NOW, "entry_tag": "ob", "side": side, **changed,
    }  # fmt: skip
    return strategy_safe_wrapper(strategy.confirm_trade_entry, default_retval=True)(**asked)


# Settings, how Freqtrade asks, and the stake; signals are 1 % from their stops, so R is 600.
STAKES: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # RISK-1: 1 % at risk over 1 % of distance would be everything: 10 % of the equity, in whole lots 0.016.
    "the largest position": ({}, {}, 960.0),
    # 5 USDT at risk over 600 and both fees, about 60 a coin: 0.00757 BTC, in whole lots 0.007.
    "by its risk": ({"risk_per_trade_percent": 0.05, "position_leverage": 5},
        {"leverage": 5.0, "min_stake": 20.0}, 84.0),
    "no least": ({}, {"min_stake": None}, 960.0),
    "just the least": ({}, {"min_stake": 960.0}, 960.0),
    "never raised to the least": ({}, {"min_stake": 960.01}, 0.0),
    "no more than the wallet holds": ({}, {"max_stake": 200.0}, 180.0),
    "too small a wallet": ({}, {"max_stake": 100.0}, 0.0),
    "no more than Freqtrade proposes": ({}, {"proposed_stake": 240.0}, 240.0),
    "too small a proposal": ({}, {"proposed_stake": 100.0}, 0.0),
    **{f"an unknown {name}": ({}, {name: float("nan")}, 0.0)
       for name in ("proposed_stake", "max_stake", "min_stake")},
    **{f"at {rate}": ({}, {"current_rate": rate}, 0.0) for rate in (float("nan"), 0.0, -1.0, None)},
    # RISK-8: 240 and 360 from the signal's close, which is at 60 000.
    "a little away": ({}, {"current_rate": 60_240.0}, 0.016 * 60_240),
    "a little back": ({}, {"current_rate": 59_760.0}, 0.016 * 59_760),
    "ran away": ({}, {"current_rate": 60_360.0}, 0.0),
    "ran back": ({}, {"current_rate": 59_640.0}, 0.0),
    "the candle has not closed": ({}, {"current_time": NOW - timedelta(minutes=1)}, 0.0),
    # A forced entry of the API's can name a leverage, which the plan may not want.
    "a leverage above the setting": ({"position_leverage": 5}, {"leverage": 6.0}, 0.0),
    "a leverage with which it is liquidated first": ({"position_leverage": 125}, {"leverage": 125.0}, 0.0),
}  # fmt: skip


@both_sides
@pytest.mark.parametrize("case", STAKES)
def test_the_stake(case: str, side: str) -> None:
    block, asked, expected = STAKES[case]
    assert stake(host.ready(side, block), side, **asked) == pytest.approx(expected)


@pytest.mark.parametrize("inner", [
    "ict_host.entry.plan_entry", "ict_host.entry.leverage_of", "ict_host.signals.Signals.newest",
    "tests.strategy.host.Wallets.get_available_stake_amount",
    "tests.strategy.host.Exchange.get_maintenance_ratio_and_amt",
])  # fmt: skip
def test_neither_stake_nor_leverage_when_something_inside_raises(
    monkeypatch: pytest.MonkeyPatch, inner: str
) -> None:
    strategy = host.ready(block={"position_leverage": 20})
    assert stake(strategy, leverage=20.0) > 0
    for error in ERRORS:
        monkeypatch.setattr(inner, Mock(side_effect=error))
        assert (stake(strategy), leverage(strategy)) == (0, 1.0)


@both_sides
def test_an_entry_fills_where_it_was_sized_for(side: str) -> None:
    """Freqtrade's API can force one at a price, or with another type of order; a tenth of R is 54 to 66."""
    strategy = host.ready(side)
    strategy._is_live = True
    forced = {"market": (0.0, 54.0, -54.0, 67.0, -67.0, float("nan")), "limit": (0.0,)}
    tried = [(kind, away) for kind, prices in forced.items() for away in prices]
    entered = [confirmed(strategy, side, order_type=kind, rate=ENTRY + away) for kind, away in tried]
    assert entered == [True] * 3 + [False] * 4
    strategy.dp._exchange.market += 67.0
    assert confirmed(strategy, side, rate=ENTRY), "nobody named a price: Freqtrade has just asked for it"


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -1.0, None, "much"])
def test_neither_stake_nor_entry_of_an_impossible_equity(equity: Any) -> None:
    strategy = host.ready()
    strategy.wallets = host.Wallets(equity)
    assert stake(strategy, max_stake=float("inf")) == 0
    assert confirmed(strategy) is False
    strategy.wallets = None
    assert (stake(strategy), confirmed(strategy)) == (0, False)


@both_sides
def test_no_stake_without_a_sound_signal(side: str) -> None:
    """One of its own side, of the newest candle or the one before, with its stop where a trade loses."""
    strategy, sign = host.ready(side), {"long": 1, "short": -1}[side]
    nowhere = (float("nan"), float("inf"), float("-inf"), 0.0, -1.0)
    for stop in (ENTRY, ENTRY + 0.1 * sign, *((2 * ENTRY,) if sign > 0 else ()), *nowhere):
        host.signal(strategy, side, stop)
        assert stake(strategy, side) == 0
    # 125 and 115 from the entry, fees of 60.
    for distance, is_entered in ((125.0, True), (115.0, False)):
        host.signal(strategy, side, ENTRY - sign * distance)
        assert (stake(strategy, side) > 0) is is_entered
    host.signal(strategy, side)
    assert stake(strategy, "short" if side == "long" else "long") == 0
    host.signal(strategy, side, candles_ago=3)
    assert stake(strategy, side) == 0
    for candles in (6, 0):
        host.step(strategy, host.no_signals(candles))
        assert stake(strategy, side) == 0
    strategy._signals.clear()
    assert stake(strategy, side) == 0


@pytest.mark.parametrize(("block", "is_entered"), [
    ({"alerts_only": True}, False),
    ({"pairs": {"BTC/.*": {"alerts_only": True}}}, False),
    ({"pairs": {"ETH/.*": {"alerts_only": True}}}, True),
])  # fmt: skip
def test_a_pair_that_only_alerts_is_not_entered_by_force_either(block: Any, is_entered: bool) -> None:
    strategy = host.ready(block=block)
    assert (stake(strategy) > 0, confirmed(strategy)) == (is_entered, is_entered)


def test_no_stake_when_the_refusal_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that breaks must not turn the refusal that it tells of into a full stake."""
    strategy = host.ready()
    host.step(strategy, host.no_signals(6))
    reports = type(strategy._reporter).refused.__globals__
    monkeypatch.setitem(reports, "redacted", Mock(side_effect=RuntimeError("broken")))
    assert stake(strategy) == 0


def test_a_wallet_too_small_for_its_stops_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Else a backtest with little money has no trades, and not a word why."""
    strategy = host.ready()
    assert [stake(strategy, min_stake=1299.0) for _ in range(3)] == [0, 0, 0]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    reason = "its size would be below the exchange's minimum of 1299.0"
    assert told == [f"No long on {BTC}: {reason}; further ones like it are not reported"]


def leverage(strategy: IStrategy, side: str = "long", **changed: Any) -> float:
    """Ask as Freqtrade does: when the callback raises, there is none."""
    asked = {
        "pair": BTC, "current_time": NOW, "current_rate": ENTRY, "proposed_leverage": 1.0,
        "max_leverage": 125.0, "entry_tag": "ob", "side": side, **changed,
    }  # fmt: skip
    return strategy_safe_wrapper(strategy.leverage, default_retval=1.0)(**asked)


def test_leverage_stays_within_what_the_exchange_allows() -> None:
    strategy = host.ready(block={"position_leverage": 20})
    assert [leverage(strategy, max_leverage=most) for most in (50.0, 8.0)] == [20, 8]


@both_sides
def test_leverage_goes_down_for_a_stop_near_the_liquidation(side: str) -> None:
    """RISK-1: 1 % to the stop is within 60 % of the way to 48; the size stays."""
    strategy = host.ready(side, {"position_leverage": 125, "max_position_percent": 100.0})
    lowered = leverage(strategy, side)
    assert lowered == 48  # 1 / (0.01 / 0.6 * (1 -+ 0.004) + 0.004) is 48.5 and 48.2
    staked = stake(strategy, side, leverage=lowered)
    # 100 USDT at risk over 600 and about 60 of fees.
    assert staked * lowered / ENTRY == pytest.approx(0.151)


@pytest.mark.parametrize(("seconds", "is_late"), [(1, False), (60, False), (61, True), (750, True)])
def test_a_signal_is_not_acted_on_late(seconds: int, is_late: bool) -> None:
    """Freqtrade itself would, during the whole next candle: a backtest never does."""
    strategy, now = host.ready(), NOW + timedelta(seconds=seconds)
    opened_at = NOW - timedelta(minutes=15)
    assert strategy.ignore_expired_candle(opened_at, now, 900, True) is is_late


# RISK-2 to RISK-7: what is asked for, and what that needs.
@pytest.mark.parametrize(("block", "inner"), [
    ({}, "ict_host.entry.limit_reached"), ({}, "ict_host.entry.taker_fee"),
    ({}, "ict_host.entry.grid_of_pair"), ({}, "ict_host.account.trades_between"),
    ({}, "ict_host.account.earliest"), ({}, "ict_host.account.open_risk_of"),
    ({}, "freqtrade.persistence.Trade.get_trades_proxy"),
    ({}, "tests.strategy.host.Wallets.get_available_stake_amount"),
    ({"max_open_risk_percent": 50.0}, "ict_host.account.open_risk_of"),
    ({"max_weekly_loss_percent": 50.0}, "ict_host.book.PastEquity.at"),
    ({"max_drawdown_percent": 50.0}, "ict_host.book.PastEquity.at"),
    ({"max_losing_streak": 5}, "ict_host.account.results"),
    ({"max_cost_r": 5.0}, "ict_host.entry.taker_fee"),
])  # fmt: skip
def test_no_entry_when_what_its_limits_need_is_not_known(
    monkeypatch: pytest.MonkeyPatch, block: dict[str, float], inner: str
) -> None:
    strategy = host.ready(block=block)
    host.opened(at=NOW - timedelta(days=2))
    assert confirmed(strategy) is True
    for error in ERRORS:
        with monkeypatch.context() as patch:
            patch.setattr(inner, Mock(side_effect=error))
            strategy._fees.clear()
            assert confirmed(strategy) is False


@pytest.mark.parametrize(("block", "is_allowed"), [
    # 0.01 BTC open and as much more, stops 600 (the static one 3000) away: 36 of 10 000
    ({"max_open_risk_percent": 0.37}, True), ({"max_open_risk_percent": 0.35}, False),
    # fees of 0.05 % on 60 000 and 59 400, over 600: 0.0995 R
    ({"max_cost_r": 0.1}, True), ({"max_cost_r": 0.099}, False),
])  # fmt: skip
def test_limits_of_one_entry(block: dict[str, float], is_allowed: bool) -> None:
    """RISK-3, RISK-7: refused, and nothing is locked: the next entry may be another."""
    strategy = host.ready(block=block)
    host.opened(at=NOW - timedelta(days=2))
    assert confirmed(strategy) is is_allowed
    assert PairLocks.get_all_locks() == []


MIDNIGHT = timedelta(hours=14)


# Settings, what was closed when in hours, and until when no pair is entered; NOW is a Tuesday.
@pytest.mark.parametrize(("block", "closed", "until"), [
    ({"max_weekly_loss_percent": 3.0}, [(-20, -300.0)], MIDNIGHT + timedelta(days=5)),
    ({"max_drawdown_percent": 4.0, "drawdown_days": 7}, [(-48, -401.0)], timedelta(days=5)),
    ({"max_losing_streak": 2, "streak_pause_hours": 30.0}, [(-40, -1.0), (-20, -1.0)], timedelta(hours=10)),
    # 3 % of 10 000 is 300; of what is left it would be less.
    ({}, [(-1, -299.0)], None), ({}, [(-1, -300.0)], MIDNIGHT),
    ({}, [(-10.001, -5_000.0)], None),  # yesterday
    ({}, [(-3, -300.0), (-2, 200.0)], MIDNIGHT),  # "no new entry for the rest of the UTC day"
])  # fmt: skip
def test_limits_that_hold_for_a_time_lock_every_pair_until_then(
    block: dict[str, float], closed: list[tuple[float, float]], until: timedelta | None
) -> None:
    """RISK-2, RISK-4 to RISK-6, to the candle."""
    strategy = host.ready(block=block)
    for hours, profit in closed:
        trade, _ = host.opened(at=NOW + timedelta(hours=hours - 1))
        host.stopped(trade, profit, NOW + timedelta(hours=hours))
    strategy.wallets = host.Wallets(EQUITY + sum(profit for _, profit in closed))
    assert confirmed(strategy) is (until is None)
    for pair in (BTC, "ETH/USDT:USDT") if until else ():
        assert PairLocks.is_pair_locked(pair, NOW + until - timedelta(seconds=1), "*")
        assert not PairLocks.is_pair_locked(pair, NOW + until, "*")


def test_the_days_entries_are_counted_over_all_trades(monkeypatch: pytest.MonkeyPatch) -> None:
    """RISK-2: open and closed ones, and only this day's; the cap holds even where its lock fails."""
    strategy = host.ready(block={"max_daily_trades": 2})
    host.opened(at=NOW - timedelta(days=1))
    host.opened(at=NOW - timedelta(hours=2))
    assert confirmed(strategy)
    host.stopped(host.opened(at=NOW - timedelta(hours=1))[0], 1.0, NOW)
    for error in ERRORS:
        with monkeypatch.context() as patch:
            patch.setattr(strategy, "lock_pair", Mock(side_effect=error))
            assert confirmed(strategy) is False
    assert not confirmed(strategy)
    for pair, side in ((BTC, "long"), ("ETH/USDT:USDT", "short")):
        assert PairLocks.is_pair_locked(pair, NOW + MIDNIGHT - timedelta(seconds=1), side)
    assert not PairLocks.is_pair_locked(BTC, NOW + MIDNIGHT, "long")
    assert confirmed(strategy, current_time=NOW + MIDNIGHT)


def test_a_bad_block_is_no_entry_either() -> None:
    """A value that goes bad while the bot runs, as through a hyperopt's file."""
    strategy = host.ready()
    strategy.max_daily_trades.value = 0
    assert stake(strategy) == 0
    assert confirmed(strategy) is False
    with pytest.raises(OperationalException, match="max_daily_trades must be between 1 and 1000, was 0"):
        strategy.ft_load_hyper_params()
