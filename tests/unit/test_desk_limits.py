"""The limits of the account (RISK-2 to RISK-7), worked by hand."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from ict import Params
from ict.desk.limits.account import earliest, limit_reached, limits_in_use
from ict.desk.limits.facts import Account, Close, OpenRisk, Reached, TradeFact, closes_between, part_profit
from ict.desk.limits.loss import deepest_loss
from ict.desk.limits.periods import day_start, next_day, next_week, week_start

MIDNIGHT = datetime(2024, 3, 5, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
MOMENT = timedelta(microseconds=1)
KST = timezone(timedelta(hours=9))


def trade(hours: float = 1.0, realised: float = 0.0, closed: float | None = 2.0) -> TradeFact:
    closes = () if closed is None else (Close(MIDNIGHT + timedelta(hours=closed), realised),)
    return TradeFact(MIDNIGHT + timedelta(hours=hours), closes)


def account(
    *trades: TradeFact, start: float = 1000.0, now: datetime = NOON, fees: float = 0.0, **given: Any
) -> Account:
    """Make an account at noon that had so much equity whenever it is asked for, and still has it."""
    known = {
        "equity": start, "equity_at": lambda moment: start, "share": 1.0, "trades": trades, "results": (),
        "open_risks": (), "entry": OpenRisk(100.0, 99.0, 1.0, 1), "fees": (fees, fees),
        "candle": timedelta(minutes=15), **given,
    }  # fmt: skip
    return Account(now=now, **known)


def reason(*trades: TradeFact, start: float = 1000.0, now: datetime = NOON) -> str | None:
    """Say what forbids an entry at noon of a day that began with so much equity, if anything."""
    reached = limit_reached(account(*trades, start=start, now=now), Params())
    return reached.reason if reached else None


@pytest.mark.parametrize(("count", "is_allowed"), [(4, True), (5, False), (6, False)])
def test_entries_of_a_day(count: int, is_allowed: bool) -> None:
    """Exactly at the cap of 5 there is no further entry; open trades count like closed ones."""
    said = reason(*[trade()] * count)
    assert (said is None) == is_allowed
    if said:
        assert said == f"{count} of 5 entries of the UTC day are used"


def test_an_entry_that_rests_may_be_taken_back() -> None:
    """LIM-2, RISK-2: it counts, but only what has filled is sure to count until the day is over."""
    filled, rests = trade(), TradeFact(None)
    for trades, until in [([*[filled] * 4, rests], None), ([*[filled] * 5, rests], next_day(NOON))]:
        reached = limit_reached(account(*trades), Params())
        assert reached is not None
        assert (reached.cause, reached.value, reached.until) == ("daily_trades", len(trades), until)
    assert reason(*[filled] * 3, rests) is None


@pytest.mark.parametrize(("opened", "counts"), [(MIDNIGHT, True), (MIDNIGHT - MOMENT, False), (NOON, True)])
def test_midnight(opened: datetime, counts: bool) -> None:
    """The day begins with its first moment; what was opened the moment before was opened yesterday."""
    assert (reason(*[TradeFact(opened)] * 5) is not None) == counts


@pytest.mark.parametrize(("closes", "is_allowed"), [
    ([(2, -30.0)], False),  # 3 % of the 1,000 that the day began with
    ([(2, -29.99)], True),
    ([(2, -31.0)], False),
    ([(2, 30.0)], True),
    ([(2, 25.0), (3, -50.0)], True),  # never below -25 of the 1,000 it began with
    ([(3, -50.0), (2, 25.0)], True),  # whatever the order of the list
    ([(2, -50.0), (3, 25.0)], False),  # the cap was met at -50, and a later gain does not lift it
    ([(2, -50.0), (3, 90.0)], False),
    ([(2, -50.0), (2, 25.0)], False),  # of one candle, losses count first
    ([(2, 25.0), (2, -50.0)], False),
    ([(2, 25.0), (2, -29.0)], True),
    ([(1, 25.0), (2, 90.0), (2, -50.0)], True),  # -25 at most
    ([(2, -10.0), (3, -10.0), (4, -10.0)], False),
    ([(2, -10.0), (3, -10.0), (4, -9.0)], True),
])  # fmt: skip
def test_gains_and_losses_of_a_day(closes: list[tuple[float, float]], is_allowed: bool) -> None:
    """The cap is met once the day's realised profit has been that low."""
    facts = [trade(realised=realised, closed=hour) for hour, realised in closes]
    assert (reason(*facts) is None) == is_allowed


@pytest.mark.parametrize(
    ("limit", "days"), [({"max_daily_loss_percent": 3.0}, 1), ({"max_weekly_loss_percent": 3.0}, 6)]
)
def test_a_loss_that_is_exactly_reached(limit: dict[str, float], days: int) -> None:
    """5.52 and 6.72 of 408 are 3 %; by floats they are 2.9999999999999996."""
    lost = [trade(realised=-5.52), trade(realised=-6.72)]
    params = Params(**{"max_daily_loss_percent": 100.0, **limit})
    reached = limit_reached(account(*lost, start=408.0), params)
    assert reached is not None
    assert reached.until == MIDNIGHT + timedelta(days=days)
    assert limit_reached(account(*lost, start=408.01), params) is None


def test_the_parts_of_a_trade_count_at_their_own_times() -> None:
    """Another trade lost 40 between the gain of a part and the rest."""
    parts = TradeFact(MIDNIGHT, (Close(MIDNIGHT + timedelta(hours=2), 20.0), Close(NOON, -5.0)))
    other = trade(closed=6.0, realised=-40.0)
    assert deepest_loss((*parts.closes, *other.closes)) == -25.0


def test_open_trades_are_entries_and_yesterdays_losses_today() -> None:
    """An open trade has realised nothing; a loss is of the day of its close, an entry of its own."""
    assert reason(*[trade(closed=None)] * 4) is None
    assert reason(*[trade(closed=None)] * 5) is not None
    assert reason(trade(hours=-3, realised=-30.0)) == "the UTC day lost 3.00% of 3% allowed"
    assert reason(*[trade(hours=-3)] * 9) is None


@pytest.mark.parametrize(("start", "realised"), [(math.nan, 0.0), (1000.0, math.nan), (math.inf, 0.0)])
def test_unknown_money_is_no_permission(start: float, realised: float) -> None:
    """Money fails closed: a loss that cannot be computed is not a loss within the cap."""
    assert reason() is reason(start=1.0) is None
    for none in (0.0, -10.0, math.nan, math.inf):
        assert reason(start=none) == f"equity at the start of the UTC day must be above 0, was {none:.2f}"
    assert reason(trade(realised=realised), start=start) is not None
    assert reason(trade(realised=-1.0), trade(realised=realised), start=start) is not None


def test_another_clock_tells_the_same_day() -> None:
    """03:00 in Seoul is 18:00 UTC of the day before, and caps follow the UTC day."""
    seoul = datetime(2024, 3, 6, 3, 0, tzinfo=KST)
    assert day_start(seoul) == MIDNIGHT
    assert next_day(seoul) == MIDNIGHT + timedelta(days=1)
    opened = TradeFact((MIDNIGHT + timedelta(hours=1)).astimezone(KST))
    assert reason(*[opened] * 5, now=seoul) is not None
    yesterday = TradeFact(datetime(2024, 3, 5, 8, 59, tzinfo=KST))
    assert reason(*[yesterday] * 5, now=seoul) is None


def test_the_next_day_begins_anew() -> None:
    trades = [trade(hours=23.9, realised=-50.0)] * 5
    assert reason(*trades, now=MIDNIGHT + timedelta(hours=24) - MOMENT) is not None
    today = MIDNIGHT + timedelta(hours=24)
    assert reason(*trades, now=today) is None
    assert next_day(today - MOMENT) == today
    assert day_start(today) == today


YESTERDAY = MIDNIGHT - timedelta(hours=1)
TODAY = MIDNIGHT, MIDNIGHT + timedelta(days=1)


@pytest.mark.parametrize(("total", "parts", "expected"), [
    (-20.0, [(NOON, -20.0)], -20.0),
    (20.0, [(NOON, 20.0)], 20.0),
    (-20.0, [(YESTERDAY, -20.0)], 0.0),
    (-20.0, [], 0.0),  # still open
    (-20.0, [(None, -20.0)], 0.0),
    (0.0, [(YESTERDAY, 30.0), (NOON, -30.0)], -30.0),  # yesterday's gain hides nothing
    (-20.0, [(YESTERDAY, 10.0), (NOON, -29.0)], -30.0),  # a funding of 1 counts on the last day
    (5.0, [(YESTERDAY, -10.0), (NOON, 15.0)], 15.0),
    (-20.0, [(MIDNIGHT, -20.0)], -20.0),
    (-20.0, [(MIDNIGHT - MOMENT, -20.0)], 0.0),
])  # fmt: skip
def test_closes_of_the_day(total: float, parts: list[tuple[datetime | None, float]], expected: float) -> None:
    closes = closes_between(total, parts, *TODAY)
    assert sum(close.profit for close in closes) == expected
    assert len(closes) == sum(at is not None and at >= MIDNIGHT for at, _ in parts)


def test_what_the_parts_do_not_say_is_in_the_last_of_the_stretch() -> None:
    """A funding of -1: 18.0 in all, of 20.0 and -1.0. What leaves at midnight belongs to the next day."""
    last, first, midnight = (NOON, -1.0), (MIDNIGHT, 20.0), (TODAY[1], -1.0)
    assert closes_between(18.0, [last, first], *TODAY) == (Close(MIDNIGHT, 20.0), Close(NOON, -2.0))
    assert closes_between(18.0, [(NOON, 20.0), midnight], *TODAY) == (Close(NOON, 20.0),)


@pytest.mark.parametrize(("price", "direction", "expected"), [
    (110.0, 1, 19.36),  # 2 * (10 - 0.001 * 100 - 0.002 * 110)
    (90.0, 1, -20.56),  # 2 * (-10 - 0.1 - 0.18)
    (90.0, -1, 19.44),  # 2 * (10 - 0.1 - 0.18)
    (110.0, -1, -20.64),  # 2 * (-10 - 0.1 - 0.22)
])  # fmt: skip
def test_part_profit(price: float, direction: int, expected: float) -> None:
    """Two coins entered at 100, fees of 0.1 % to enter and 0.2 % to leave."""
    profit = part_profit(100.0, price, 2.0, direction, (0.001, 0.002))
    assert profit == pytest.approx(expected, rel=1e-12)


# RISK-3. The entry in question risks 1 of 1000; 100 and 10 coins are of no matter to a float.
@pytest.mark.parametrize(("others", "percent", "is_allowed"), [
    ([], 0.1, True),  # exactly its own 1
    ([], 0.09, False),
    ([OpenRisk(100.0, 98.0, 2.0, 1)], 0.5, True),  # 4 and 1
    ([OpenRisk(100.0, 98.0, 2.0, 1)], 0.49, False),
    ([OpenRisk(100.0, 102.0, 2.0, -1)], 0.5, True),
    ([OpenRisk(100.0, 102.0, 2.0, -1)], 0.49, False),
    ([OpenRisk(100.0, 101.0, 50.0, 1)], 0.1, True),  # its stop is beyond its entry: no risk, no credit
    ([OpenRisk(100.0, 99.0, 50.0, -1)], 0.1, True),
    ([OpenRisk(100.0, 101.0, 50.0, 1), OpenRisk(100.0, 98.0, 2.0, 1)], 0.49, False),
    ([OpenRisk(100.0, 99.9, 10.0, 1)] * 3, 0.4, True),  # 3 times 1, whatever floats make of 0.1
    ([OpenRisk(100.0, math.nan, 2.0, 1)], 99.0, False),
    ([OpenRisk(100.0, 99.0, math.nan, 1)], 99.0, False),
])  # fmt: skip
def test_open_risk(others: list[OpenRisk], percent: float, is_allowed: bool) -> None:
    """RISK-3: distances from entry to stop in force times amounts, the new one counted."""
    known = account(open_risks=tuple(others))
    reached = limit_reached(known, Params(max_open_risk_percent=percent))
    assert (reached is None) is is_allowed
    if reached:
        assert (reached.cause, reached.until) == ("open_risk", None)
    assert limit_reached(known, Params()) is None  # 100 is off
    for equity in (0.0, -1.0, math.nan):
        assert limit_reached(account(equity=equity), Params(max_open_risk_percent=99.0)) is not None


# RISK-4. The 5th of March 2024 is a Tuesday.
MONDAY = MIDNIGHT - timedelta(days=1)


@pytest.mark.parametrize(("closes", "is_allowed"), [
    ([(-13, -49.0)], True),  # on Monday, 4.9 % of 1000
    ([(-13, -50.0)], False),
    ([(-25, -50.0)], True),  # on Sunday, of the week before
    ([(-24, -50.0)], False),  # the week's first moment
    ([(-13, -50.0), (5, 90.0)], False),  # a later gain does not lift it
    ([(-13, 20.0), (5, -60.0)], True),  # never below -40
    ([(5, 20.0), (5, -60.0)], False),  # of one candle, losses first
    ([(-13, -20.0), (5, -29.0)], True),  # and 2.9 % on the day
    ([(-13, -25.0), (5, -25.0)], False),
])  # fmt: skip
def test_loss_of_a_week(closes: list[tuple[float, float]], is_allowed: bool) -> None:
    facts = [trade(hours=-100, realised=realised, closed=hour) for hour, realised in closes]
    settings = Params(max_weekly_loss_percent=5.0, max_daily_loss_percent=100.0)
    reached = limit_reached(account(*facts), settings)
    assert (reached is None) is is_allowed
    if reached:
        assert (reached.cause, reached.until) == ("weekly_loss", MONDAY + timedelta(days=7))
    assert limit_reached(account(*facts), Params(max_daily_loss_percent=100.0)) is None


@pytest.mark.parametrize(("day", "monday", "later"), [
    (0, -1, 6), (-1, -1, 6), (5, -1, 6), (6, 6, 13), (-2, -8, -1),
])  # fmt: skip
def test_weeks_begin_on_monday(day: int, monday: int, later: int) -> None:
    at = MIDNIGHT + timedelta(days=day, hours=23)
    assert week_start(at) == MIDNIGHT + timedelta(days=monday)
    assert next_week(at) == MIDNIGHT + timedelta(days=later)
    assert week_start(week_start(at)) == week_start(at)


# RISK-5. 1000 before the first close, whenever that was; closes in days before noon of the 5th.
@pytest.mark.parametrize(("closes", "below", "ends"), [
    ([(-3, -100.0)], None, None),  # exactly 10 %
    ([(-3, -101.0)], 10.1, 27),  # until 30 days have passed since the close
    ([(-29, -101.0)], 10.1, 1),
    ([(-30, -101.0)], None, None),  # the 1000 are 30 days old
    ([(-20, 100.0), (-10, -120.0)], 120 / 1100 * 100, 20),  # from the highest, 1100
    ([(-20, 100.0), (-10, -100.0)], None, None),
    ([(-10, -150.0), (-5, 60.0)], None, None),  # it came back to 910
    ([(-10, -150.0), (-5, 40.0)], 11.0, 20),
    ([(-10, -80.0), (-5, -80.0)], 16.0, 20),  # 840 is 8.7 % below 920, so the 1000 alone matter
    ([(-10, 100.0), (-10, -220.0)], 12.0, 20),  # of one moment nobody saw the 1100
    ([(-20, 20.0), (-10, -200.0)], 200 / 1020 * 100, 20),  # 1000 and 1020 are both too high
    ([(-10, -200.0), (-20, 20.0)], 200 / 1020 * 100, 20),  # whatever the order of the list
    ([(-20, -1.0), (-10, -99.9)], 10.09, 10),  # 899.1 is exactly 10 % below 999
])  # fmt: skip
def test_drawdown(closes: list[tuple[float, float]], below: float | None, ends: int | None) -> None:
    facts = [TradeFact(MIDNIGHT, (Close(NOON + timedelta(days=days), profit),)) for days, profit in closes]
    settings = Params(max_drawdown_percent=10.0, max_daily_trades=1000)
    reached = limit_reached(account(*facts), settings)
    assert limit_reached(account(*facts), Params(max_daily_trades=1000)) is None
    until = NOON + timedelta(days=ends or 0)
    expected = None if below is None else ("drawdown", pytest.approx(below), until)
    assert (reached and (reached.cause, reached.value, reached.until)) == expected


def test_a_drawdown_beside_an_open_trade_and_of_a_part_of_the_wallet() -> None:
    """With an open trade nobody can say when it ends. Of a loss of 150 the bot's 950 of 1000 lose 142.5."""
    asked = Params(max_drawdown_percent=10.0)
    lost = TradeFact(MIDNIGHT, (Close(NOON - timedelta(days=3), -150.0),))
    beside = limit_reached(account(lost, open_risks=(OpenRisk(100.0, 99.0, 1.0, 1),)), asked)
    of_a_part = limit_reached(account(lost, start=950.0, share=0.95), asked)
    assert beside is not None
    assert beside.until is None
    assert of_a_part is not None
    assert of_a_part.value == pytest.approx(15.0)


@pytest.mark.parametrize(("start", "lost"), [(math.nan, 0.0), (0.0, 0.0), (1000.0, math.nan), (-5.0, 0.0)])
def test_an_unknown_drawdown_is_no_permission(start: float, lost: float) -> None:
    facts = TradeFact(MIDNIGHT, (Close(NOON - timedelta(days=3), lost),))
    known = account(facts, equity_at=lambda moment: 1000.0 if moment == MIDNIGHT else start)
    reached = limit_reached(known, Params(max_drawdown_percent=10.0))
    assert reached is not None
    assert reached.cause == "drawdown"


# RISK-6. Hours before noon and what the trade made; three losses bring a pause of 24 hours.
@pytest.mark.parametrize(("results", "ends"), [
    ([(-4, -1), (-3, -1)], None),
    ([(-5, -1), (-4, -1), (-3, -1)], 21),
    ([(-5, -1), (-4, -1), (-3, 0)], None),  # no loss
    ([(-5, -1), (-4, 9), (-3, -1), (-2, -1)], None),  # two since the win
    ([(-50, -1), (-49, -1), (-24, -1)], None),  # the pause is over
    ([(-50, -1), (-49, -1), (-23.9, -1)], 0.1),
    ([(-90, -1), (-80, -1), (-70, -1), (-3, -1)], 21),  # after the pause a further loss pauses again
    ([(-90, -1), (-80, -1), (-70, -1), (-5, 9), (-3, -1)], None),  # until a trade wins
    ([(-5, -1), (-4, -1), (-3, -1), (-2, 9)], 21),  # one that was open does not end the pause
    ([(-5, -1), (-4, -1), (-3, -1), (-3, 9)], None),  # of one candle the winners come first: one loss
    ([(-5, -1), (-4, -1), (-4, 9), (-3.1, -1), (-3, -1)], 21),
    ([(-5, -1), (-4, -1), (-3, math.nan)], 21),  # what is not known is a loss
    ([(-5, -1), (-4, -1), (-3, 9), (-2.9, -1)], None),
    ([(-5, -1), (-4, -1), (-3, -1), (-2.9, 0)], None),
    ([(-5, -1), (-3, -1), (-2.9, -1)], 21.1),
])  # fmt: skip
def test_losing_streak(results: list[tuple[float, float]], ends: float | None) -> None:
    newest_first = [Close(NOON + timedelta(hours=at), profit) for at, profit in results[::-1]]
    settings = Params(max_losing_streak=3)
    reached = limit_reached(account(results=newest_first), settings)
    assert limit_reached(account(results=newest_first), Params()) is None
    expected = None if ends is None else ("losing_streak", NOON + timedelta(hours=ends))
    assert (reached and (reached.cause, reached.until)) == expected


@pytest.mark.parametrize(("minutes", "is_sure"), [(0, False), (14.9, False), (15, True)])
def test_a_pause_is_sure_once_the_last_losss_candle_is_over(minutes: float, is_sure: bool) -> None:
    """RISK-6: a winner that closes later in that candle comes first, and then there was one loss."""
    lost = [Close(NOON + timedelta(hours=at), -1.0) for at in (0, -1, -2)]
    reached = limit_reached(
        account(results=lost, now=NOON + timedelta(minutes=minutes)), Params(max_losing_streak=3)
    )
    assert reached is not None
    assert reached.until == (NOON + timedelta(hours=24) if is_sure else None)


# RISK-7. Entry 100, stop 99, so R is 1; fees of 0.1 % on 199 are 0.199. A short from 200 to 204: 0.04 at
# the maker's fee and 0.102 at the taker's, of 4.
LONG = account(fees=0.001)
SHORT = replace(account(entry=OpenRisk(200.0, 204.0, 1.0, -1)), fees=(0.0002, 0.0005))
FREE = OpenRisk(100.0, 100.0, 1.0, 1)


@pytest.mark.parametrize(("known", "most", "cost"), [
    (LONG, 0.2, None), (LONG, 0.199, None), (LONG, 0.198, 0.199), (LONG, 0.0, None),
    (SHORT, 0.0355, None), (SHORT, 0.0354, 0.0355),
    (account(fees=0.0001, entry=FREE), 100.0, math.inf),  # a stop at the entry costs without end
    (account(fees=math.nan), 99.0, math.nan),  # an unknown fee is no permission
])  # fmt: skip
def test_cost(known: Account, most: float, cost: float | None) -> None:
    reached = limit_reached(known, Params(max_cost_r=most))
    assert (reached is None) is (cost is None)
    assert reached is None or reached.value == pytest.approx(cost, nan_ok=True)


def test_the_reason_of_a_cost() -> None:
    assert limit_reached(LONG, Params(max_cost_r=0.198)) == Reached(
        cause="cost", value=pytest.approx(0.199), allowed=0.198,
        reason="fees of 0.1000% and 0.1000% are 0.20 R with the stop 1.000% away, 0.198 R allowed",
    )  # fmt: skip


def lost(*profits: float) -> Account:
    """Make an account of trades that closed an hour apart, the newest first."""
    return account(results=[Close(NOON - timedelta(hours=n), profit) for n, profit in enumerate(profits, 1)])


@pytest.mark.parametrize(("settings", "known", "used", "allowed"), [
    ({}, account(trade(realised=-10.0)), 1.0, 3.0),
    ({}, account(start=1.0), 0.0, 3.0),
    *[({}, account(start=none), math.nan, 3.0) for none in (0.0, -10.0, math.nan, math.inf)],
    ({"max_losing_streak": 3}, lost(-1, -1, 0, -1), 2, 3),
    ({"max_losing_streak": 3}, lost(-1, 0.5, -1), 1, 3),
    ({"max_drawdown_percent": 10.0}, account(start=1.0), 0.0, 10.0),
    ({"max_drawdown_percent": 10.0}, account(trade(realised=-50.0)), 5.0, 10.0),
    ({"max_open_risk_percent": 2.0}, account(), 0.1, 2.0),
    ({"max_open_risk_percent": 2.0}, account(equity=1.0), 100.0, 2.0),
    ({"max_cost_r": 0.5}, LONG, 0.199, 0.5),
])  # fmt: skip
def test_how_much_of_a_limit_is_used(
    settings: dict[str, Any], known: Account, used: float, allowed: float
) -> None:
    limit = limits_in_use(Params(**settings))[-1]
    assert (limit.used(known), limit.allowed) == (pytest.approx(used, nan_ok=True), allowed)


def test_what_is_off_is_not_asked() -> None:
    assert len(limits_in_use(Params())) == 2
    every = Params(
        max_open_risk_percent=5.0, max_weekly_loss_percent=5.0, max_drawdown_percent=5.0, max_losing_streak=5,
        max_cost_r=1.0,
    )  # fmt: skip
    assert len(limits_in_use(every)) == 7
    assert earliest(Params(), NOON) == MIDNIGHT
    assert earliest(Params(max_weekly_loss_percent=5.0), NOON) == MONDAY
    assert earliest(every, NOON) == MIDNIGHT - timedelta(days=30)


def test_within_a_day_time_alone_reaches_no_limit() -> None:
    """A backtest asks again only when the book changes, or a day begins."""
    random, allowed = Random(7), 0
    settings = Params(
        max_daily_trades=4, max_daily_loss_percent=1.0, max_weekly_loss_percent=2.0, drawdown_days=3,
        max_drawdown_percent=1.5, max_losing_streak=2, streak_pause_hours=7.0, max_open_risk_percent=1.0,
    )  # fmt: skip
    for _ in range(300):
        hours = sorted(random.uniform(-120, 12) for _ in range(random.randrange(12)))
        closes = [Close(MIDNIGHT + timedelta(hours=at), random.uniform(-9, 9)) for at in hours]
        trades = [TradeFact(one.at - timedelta(hours=1), (one,)) for one in closes]
        days = [
            limit_reached(account(*trades, results=closes[::-1], now=NOON + timedelta(hours=later)), settings)
            for later in (0, 0.25, 3, 8, 11.99)
        ]
        free = [reached is None for reached in days]
        assert free == sorted(free)
        allowed += any(free) and not all(free)
    assert allowed > 10
