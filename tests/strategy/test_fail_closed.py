"""What happens when something inside goes wrong: no trade. Through Freqtrade's own wrapper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from freqtrade.exceptions import DependencyException, OperationalException
from freqtrade.persistence import PairLocks, Trade
from freqtrade.strategy.interface import IStrategy
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

from tests.strategy.host import (
    ENTRY,
    EQUITY,
    NOW,
    PROPOSED,
    Wallets,
    names_of,
    no_signals,
    opened,
    ready,
    signal,
    step,
    stopped,
)
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("book")

SIDES = ("long", "short")
ERRORS = (RuntimeError("broken"), ValueError("broken"), KeyError("broken"), DependencyException("broken"))
both_sides = pytest.mark.parametrize("side", SIDES)

LIMITED = {
    "open risk": ({"max_open_risk_percent": 50.0}, "ict_host.account.open_risk_of"),
    "week": ({"max_weekly_loss_percent": 50.0}, "ict_host.book.PastEquity.at"),
    "drawdown": ({"max_drawdown_percent": 50.0}, "ict_host.book.PastEquity.at"),
    "streak": ({"max_losing_streak": 5}, "ict_host.account.results"),
    "cost": ({"max_cost_r": 5.0}, "ict_host.entry.taker_fee"),
}


def failing(error: Exception) -> Callable[..., Any]:
    """Make a function that does nothing but raise."""

    def fail(*arguments: Any, **named: Any) -> Any:
        raise error

    return fail


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


@both_sides
def test_stake_of_a_sound_signal(side: str) -> None:
    """RISK-1: 1 % at risk over 1 % of distance would be everything, so 10 % of the equity limits it.

    1000 are 0.01667 BTC, in whole lots 0.016.
    """
    assert stake(ready(side), side) == pytest.approx(960.0)


@both_sides
def test_risk_limits_the_stake_of_a_wide_stop(side: str) -> None:
    """RISK-1: 5 USDT at risk over 600 and both fees, about 60 a coin: 0.00757 BTC, in whole lots 0.007."""
    strategy = ready(side, {"risk_per_trade_percent": 0.05, "position_leverage": 5})
    assert stake(strategy, side, leverage=5.0, min_stake=20.0) == pytest.approx(0.007 * ENTRY / 5)


@pytest.mark.parametrize("inner", ["plan_entry", "leverage_of", "Timestamp"])
def test_no_stake_when_an_inner_function_raises(monkeypatch: pytest.MonkeyPatch, inner: str) -> None:
    strategy = ready()
    for error in ERRORS:
        monkeypatch.setitem(names_of(strategy), inner, failing(error))
        assert stake(strategy) == 0


def test_no_stake_without_equity_or_wallets(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = ready()
    for error in ERRORS:
        monkeypatch.setattr(strategy.wallets, "get_available_stake_amount", failing(error))
        assert stake(strategy) == 0
    strategy.wallets = None
    assert stake(strategy) == 0


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -1.0, None, "much"])
def test_no_stake_of_an_impossible_equity(equity: Any) -> None:
    strategy = ready()
    strategy.wallets = Wallets(equity)
    assert stake(strategy, max_stake=float("inf")) == 0


@pytest.mark.parametrize(
    ("side", "stop"),
    [
        *(("long", stop) for stop in (ENTRY, ENTRY + 0.1, 2 * ENTRY, 0.0, -1.0)),
        *(("short", stop) for stop in (ENTRY, ENTRY - 0.1, 0.0, -1.0)),
        *((side, bad) for side in SIDES for bad in (float("nan"), float("inf"), float("-inf"))),
    ],
)
def test_no_stake_when_the_stop_is_not_on_the_losing_side(side: str, stop: float) -> None:
    strategy = ready(side)
    signal(strategy, side, stop)
    assert stake(strategy, side) == 0


@pytest.mark.parametrize("rate", [float("nan"), 0.0, -1.0, None])
def test_no_stake_at_an_impossible_price(rate: Any) -> None:
    assert stake(ready(), current_rate=rate) == 0


@both_sides
def test_no_stake_without_a_signal(side: str) -> None:
    """Neither on a signal of the other side, nor on one that is three candles old, nor without candles."""
    strategy = ready(side)
    assert stake(strategy, "short" if side == "long" else "long") == 0
    signal(strategy, side, candles_ago=3)
    assert stake(strategy, side) == 0
    step(strategy, no_signals(6))
    assert stake(strategy, side) == 0
    step(strategy, no_signals(0))
    assert stake(strategy, side) == 0
    strategy._signals.clear()
    assert stake(strategy, side) == 0


@pytest.mark.parametrize(("block", "is_entered"), [
    ({"alerts_only": True}, False),
    ({"pairs": {"BTC/.*": {"alerts_only": True}}}, False),
    ({"pairs": {"ETH/.*": {"alerts_only": True}}}, True),
])  # fmt: skip
def test_a_pair_that_only_alerts_is_not_entered_by_force_either(block: Any, is_entered: bool) -> None:
    strategy = ready(block=block)
    assert (stake(strategy) > 0, confirmed(strategy)) == (is_entered, is_entered)


@both_sides
def test_no_stake_when_the_refusal_cannot_be_told(monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    """A message that breaks must not turn the refusal that it tells of into a full stake."""
    strategy = ready(side)
    step(strategy, no_signals(6))
    reports = type(strategy._reporter).refused.__globals__
    monkeypatch.setitem(reports, "redacted", failing(RuntimeError("broken")))
    assert stake(strategy, side) == 0


def test_a_signal_of_a_candle_that_has_not_closed_does_not_count() -> None:
    strategy = ready()
    assert stake(strategy, current_time=NOW - timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("least", "staked"), [(960.0, 960.0), (960.01, 0.0), (1000.0, 0.0), (1299.0, 0.0), (None, 960.0)]
)
def test_a_stake_is_never_raised_to_the_minimum(least: float | None, staked: float) -> None:
    assert stake(ready(), min_stake=least) == pytest.approx(staked)


def test_a_wallet_too_small_for_its_stops_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Else a backtest with little money has no trades, and not a word why."""
    strategy = ready()
    for _ in range(3):
        assert stake(strategy, min_stake=1299.0) == 0
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    reason = "its size would be below the exchange's minimum of 1299.0"
    assert told == [f"No long on {BTC}: {reason}; further ones like it are not reported"]


def test_a_stake_is_never_more_than_the_wallet_holds() -> None:
    assert stake(ready(), max_stake=200.0) == pytest.approx(180.0)
    assert stake(ready(), max_stake=100.0) == 0


def test_a_stake_is_never_more_than_freqtrade_proposes() -> None:
    """`stake_amount`, and the share that `max_open_trades` leaves."""
    assert stake(ready(), proposed_stake=240.0) == pytest.approx(240.0)
    assert stake(ready(), proposed_stake=100.0) == 0
    assert stake(ready(), proposed_stake=float("nan")) == 0
    assert stake(ready(), max_stake=float("nan")) == 0
    assert stake(ready(), min_stake=float("nan")) == 0


def leverage(strategy: IStrategy, side: str = "long", **changed: Any) -> float:
    """Ask as Freqtrade does: when the callback raises, there is none."""
    asked = {
        "pair": BTC, "current_time": NOW, "current_rate": ENTRY, "proposed_leverage": 1.0,
        "max_leverage": 125.0, "entry_tag": "ob", "side": side, **changed,
    }  # fmt: skip
    return strategy_safe_wrapper(strategy.leverage, default_retval=1.0)(**asked)


def test_leverage_stays_within_what_the_exchange_allows() -> None:
    strategy = ready(block={"position_leverage": 20})
    assert leverage(strategy, max_leverage=50.0) == 20
    assert leverage(strategy, max_leverage=8.0) == 8


@both_sides
def test_leverage_goes_down_for_a_stop_near_the_liquidation(side: str) -> None:
    """RISK-1: 1 % to the stop is within 60 % of the way to 48; the size stays."""
    strategy = ready(side, {"position_leverage": 125, "max_position_percent": 100.0})
    lowered = leverage(strategy, side)
    assert lowered == 48  # 1 / (0.01 / 0.6 * (1 -+ 0.004) + 0.004) is 48.5 and 48.2
    staked = stake(strategy, side, leverage=lowered)
    # 100 USDT at risk over 600 and about 60 of fees.
    assert staked * lowered / ENTRY == pytest.approx(0.151)


def test_a_leverage_that_the_plan_does_not_want_is_refused() -> None:
    """The API's forced entry can name one."""
    strategy = ready(block={"position_leverage": 5})
    assert stake(strategy, leverage=5.0) > 0
    assert stake(strategy, leverage=6.0) == 0
    strategy = ready(block={"position_leverage": 125})
    assert stake(strategy, leverage=125.0) == 0


def test_no_leverage_when_the_exchange_cannot_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = ready(block={"position_leverage": 20})
    for error in ERRORS:
        monkeypatch.setattr(strategy.dp._exchange, "get_maintenance_ratio_and_amt", failing(error))
        assert leverage(strategy) == 1.0
        assert stake(strategy, leverage=1.0) == 0


@both_sides
@pytest.mark.parametrize(
    ("moved", "is_entered"), [(0.004, True), (0.006, False), (-0.004, True), (-0.006, False)]
)
def test_a_price_that_ran_away_is_not_chased(side: str, moved: float, is_entered: bool) -> None:
    """RISK-8: the signal's close is at 60 000, its R is 600."""
    assert (stake(ready(side), side, current_rate=ENTRY * (1 + moved)) > 0) is is_entered


@pytest.mark.parametrize(("seconds", "is_late"), [(1, False), (60, False), (61, True), (750, True)])
def test_a_signal_is_not_acted_on_late(seconds: int, is_late: bool) -> None:
    """Freqtrade itself would, during the whole next candle: a backtest never does."""
    strategy, now = ready(), NOW + timedelta(seconds=seconds)
    opened_at = NOW - timedelta(minutes=15)
    assert strategy.ignore_expired_candle(opened_at, now, 900, True) is is_late


@both_sides
def test_a_stop_that_does_not_pay_its_fees_is_no_entry(side: str) -> None:
    strategy = ready(side)
    signal(strategy, side, {"long": 59_875.0, "short": 60_125.0}[side])
    assert stake(strategy, side) > 0
    signal(strategy, side, {"long": 59_885.0, "short": 60_115.0}[side])
    assert stake(strategy, side) == 0  # 115 of distance, 60 of fees


@pytest.mark.parametrize(
    "inner",
    [
        "entry.limit_reached", "entry.taker_fee", "entry.grid_of_pair", "account.trades_between",
        "account.earliest", "account.open_risk_of",
    ],
)  # fmt: skip
def test_no_entry_when_the_limits_cannot_be_checked(monkeypatch: pytest.MonkeyPatch, inner: str) -> None:
    strategy = ready()
    opened()
    assert confirmed(strategy) is True
    for error in ERRORS:
        monkeypatch.setattr(f"ict_host.{inner}", failing(error))
        assert confirmed(strategy) is False


@pytest.mark.parametrize("name", LIMITED)
def test_no_entry_when_what_a_limit_needs_is_not_known(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """RISK-3 to RISK-7, each alone, and the same entry where it is known."""
    block, inner = LIMITED[name]
    strategy = ready(block=block)
    opened(at=NOW - timedelta(days=2))
    assert confirmed(strategy) is True
    for error in ERRORS:
        monkeypatch.setattr(inner, failing(error))
        assert confirmed(strategy) is False


@pytest.mark.parametrize(
    ("block", "is_allowed"),
    [
        # 0.01 BTC open and as much more, stops 600 (the static one 3000) away: 36 of 10 000
        ({"max_open_risk_percent": 0.37}, True),
        ({"max_open_risk_percent": 0.35}, False),
        # fees of 0.05 % on 60 000 and 59 400, over 600: 0.0995 R
        ({"max_cost_r": 0.1}, True),
        ({"max_cost_r": 0.099}, False),
    ],
)
def test_limits_of_one_entry(block: dict[str, float], is_allowed: bool) -> None:
    """RISK-3, RISK-7: refused, and nothing is locked: the next entry may be another."""
    strategy = ready(block=block)
    opened(at=NOW - timedelta(days=2))
    assert confirmed(strategy) is is_allowed
    assert PairLocks.get_all_locks() == []


@pytest.mark.parametrize(
    ("block", "lost", "until"),
    [
        # a Tuesday: lost on Monday 3 %
        ({"max_weekly_loss_percent": 3.0}, [(-20, -300.0)], timedelta(days=5, hours=14)),
        ({"max_drawdown_percent": 4.0, "drawdown_days": 7}, [(-48, -401.0)], timedelta(days=5)),
        (
            {"max_losing_streak": 2, "streak_pause_hours": 30.0},
            [(-40, -1.0), (-20, -1.0)],
            timedelta(hours=10),
        ),
    ],
)
def test_limits_that_hold_for_a_time_lock_every_pair_until_then(
    block: dict[str, float], lost: list[tuple[float, float]], until: timedelta
) -> None:
    """RISK-4 to RISK-6, to the candle."""
    strategy = ready(block=block)
    for hours, profit in lost:
        stopped(opened(at=NOW + timedelta(hours=hours - 1))[0], profit, NOW + timedelta(hours=hours))
    strategy.wallets = Wallets(EQUITY + sum(profit for _, profit in lost))
    assert confirmed(strategy) is False
    for pair in (BTC, "ETH/USDT:USDT"):
        assert PairLocks.is_pair_locked(pair, NOW + until - timedelta(seconds=1), "*")
        assert not PairLocks.is_pair_locked(pair, NOW + until, "*")


def test_no_entry_when_the_host_cannot_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = ready()
    for error in ERRORS:
        for host, name in ((Trade, "get_trades_proxy"), (strategy.wallets, "get_available_stake_amount")):
            with monkeypatch.context() as patch:
                patch.setattr(host, name, failing(error))
                assert confirmed(strategy) is False
    strategy.wallets = None
    assert confirmed(strategy) is False


@pytest.mark.parametrize("equity", [float("nan"), 0.0, -1.0])
def test_no_entry_of_an_impossible_equity(equity: float) -> None:
    strategy = ready()
    strategy.wallets = Wallets(equity)
    assert confirmed(strategy) is False


def test_a_cap_holds_even_if_its_lock_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = ready(block={"max_daily_trades": 1})
    opened()
    for error in ERRORS:
        monkeypatch.setattr(strategy, "lock_pair", failing(error))
        assert confirmed(strategy) is False


def test_the_days_entries_are_counted_over_all_trades() -> None:
    """RISK-2: open and closed ones, and only this day's; every pair is locked until midnight."""
    strategy = ready(block={"max_daily_trades": 2})
    opened(at=NOW - timedelta(days=1))
    opened(at=NOW - timedelta(hours=2))
    assert confirmed(strategy)
    stopped(opened(at=NOW - timedelta(hours=1))[0], 1.0, NOW)
    assert not confirmed(strategy)
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert PairLocks.is_pair_locked(BTC, midnight - timedelta(seconds=1), "long")
    assert PairLocks.is_pair_locked("ETH/USDT:USDT", midnight - timedelta(seconds=1), "short")
    assert not PairLocks.is_pair_locked(BTC, midnight, "long")
    assert confirmed(strategy, current_time=midnight)


@pytest.mark.parametrize(("lost", "allowed"), [(-309.0, True), (-310.0, False)])
def test_the_days_loss_is_measured_on_the_equity_of_its_start(lost: float, allowed: bool) -> None:
    """RISK-2: 3 % of 10 310 is 309.3; of what is left, 9 690.7 and more, it would be less."""
    strategy = ready()
    trade, _ = opened(at=NOW - timedelta(hours=5))
    stopped(trade, lost, NOW - timedelta(hours=1))
    strategy.wallets = Wallets(10_310.0 + lost)
    assert confirmed(strategy) is allowed


def test_a_loss_of_yesterday_is_forgotten() -> None:
    strategy = ready()
    trade, _ = opened(at=NOW - timedelta(hours=30))
    stopped(trade, -5_000.0, NOW.replace(hour=0) - timedelta(seconds=1))
    assert confirmed(strategy)


def test_a_loss_that_was_reached_ends_the_day_even_after_a_win() -> None:
    """RISK-2: "no new entry for the rest of the UTC day", here with two positions open at once."""
    strategy = ready()
    first, second = (opened(at=NOW - timedelta(hours=hours))[0] for hours in (5, 4))
    stopped(first, -300.0, NOW - timedelta(hours=3))
    stopped(second, +200.0, NOW - timedelta(hours=2))
    strategy.wallets = Wallets(EQUITY - 100.0)
    assert confirmed(strategy) is False


def test_a_bad_block_is_no_entry_either() -> None:
    """A value that goes bad while the bot runs, as through a hyperopt's file."""
    strategy = ready()
    strategy.max_daily_trades.value = 0
    assert stake(strategy) == 0
    assert confirmed(strategy) is False
    with pytest.raises(OperationalException, match="max_daily_trades must be between 1 and 1000, was 0"):
        strategy.ft_load_hyper_params()
