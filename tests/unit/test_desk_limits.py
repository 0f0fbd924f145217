"""The day's caps (RISK-2), worked by hand."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ict import Params
from ict.desk.limits import (
    Close,
    TradeFact,
    closes_of_day,
    day_cap_reached,
    day_start,
    deepest_loss,
    next_day,
    part_profit,
)

MIDNIGHT = datetime(2024, 3, 5, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
MOMENT = timedelta(microseconds=1)
KST = timezone(timedelta(hours=9))


def trade(hours: float = 1.0, realised: float = 0.0, closed: float | None = 2.0) -> TradeFact:
    """Make a trade that was opened and closed some hours after midnight, or is still open."""
    closes = () if closed is None else (Close(MIDNIGHT + timedelta(hours=closed), realised),)
    return TradeFact(MIDNIGHT + timedelta(hours=hours), closes)


def reason(*trades: TradeFact, start: float = 1000.0, now: datetime = NOON) -> str | None:
    """Say what forbids an entry at noon of a day that began with so much equity, if anything."""
    return day_cap_reached(trades, now=now, start_equity=start, params=Params())


def test_nothing_happened() -> None:
    assert reason() is None


@pytest.mark.parametrize(("count", "is_allowed"), [(4, True), (5, False), (6, False)])
def test_entries_of_a_day(count: int, is_allowed: bool) -> None:
    """Exactly at the cap of 5 there is no further entry; open trades count like closed ones."""
    said = reason(*[trade()] * count)
    assert (said is None) == is_allowed
    if said:
        assert said == f"{count} of 5 entries of the UTC day are made"


@pytest.mark.parametrize(("opened", "counts"), [(MIDNIGHT, True), (MIDNIGHT - MOMENT, False), (NOON, True)])
def test_midnight(opened: datetime, counts: bool) -> None:
    """The day begins with its first moment; what was opened the moment before was opened yesterday."""
    assert (reason(*[TradeFact(opened)] * 5) is not None) == counts


@pytest.mark.parametrize(
    ("realised", "start", "is_allowed"),
    [
        (-30.0, 1000.0, False),  # 3 % of the 1,000 that the day began with
        (-29.99, 1000.0, True),
        (-30.0, 1000.01, True),
        (-31.0, 1000.0, False),
        (30.0, 1000.0, True),
    ],
)
def test_loss_of_a_day(realised: float, start: float, is_allowed: bool) -> None:
    assert (reason(trade(realised=realised), start=start) is None) == is_allowed


@pytest.mark.parametrize(
    ("closes", "is_allowed"),
    [
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
    ],
)
def test_gains_and_losses_of_a_day(closes: list[tuple[float, float]], is_allowed: bool) -> None:
    """The cap is met once the day's realised profit has been that low."""
    facts = [trade(realised=realised, closed=hour) for hour, realised in closes]
    assert (reason(*facts) is None) == is_allowed


def test_the_parts_of_a_trade_count_at_their_own_times() -> None:
    """Another trade lost 40 between the gain of a part and the rest."""
    parts = TradeFact(MIDNIGHT, (Close(MIDNIGHT + timedelta(hours=2), 20.0), Close(NOON, -5.0)))
    assert parts.realised == 15.0
    assert deepest_loss([parts, trade(closed=6.0, realised=-40.0)]) == -25.0


def test_open_trades_have_realised_nothing() -> None:
    """They count as entries, and not as losses."""
    assert reason(*[trade(closed=None)] * 4) is None
    assert reason(*[trade(closed=None)] * 5) is not None


def test_opened_yesterday_and_closed_today() -> None:
    """Its loss is today's, its entry is not."""
    loser = trade(hours=-3, realised=-30.0)
    assert reason(loser) == "the UTC day lost 3.00% of 3% allowed"
    assert reason(*[trade(hours=-3)] * 9) is None


@pytest.mark.parametrize("start", [0.0, -10.0])
def test_no_equity(start: float) -> None:
    assert reason(start=start) is not None


@pytest.mark.parametrize(("start", "realised"), [(math.nan, 0.0), (1000.0, math.nan), (math.inf, 0.0)])
def test_unknown_money_is_no_permission(start: float, realised: float) -> None:
    """Money fails closed: a loss that cannot be computed is not a loss within the cap."""
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
    # The desk is told what each trade realised on the day in question: of yesterday's, nothing.
    assert reason(*[TradeFact(one.opened_at) for one in trades], now=today) is None
    assert next_day(today - MOMENT) == today
    assert day_start(today) == today


YESTERDAY = MIDNIGHT - timedelta(hours=1)


@pytest.mark.parametrize(
    ("total", "parts", "expected"),
    [
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
    ],
)
def test_closes_of_the_day(total: float, parts: list[tuple[datetime | None, float]], expected: float) -> None:
    closes = closes_of_day(total, parts, now=NOON)
    assert sum(close.profit for close in closes) == expected
    assert len(closes) == sum(at is not None and at >= MIDNIGHT for at, _ in parts)


def test_what_the_parts_do_not_say_is_in_the_last() -> None:
    """A funding of -1: 18.0 in all, of 20.0 and -1.0."""
    last, first = (NOON, -1.0), (MIDNIGHT, 20.0)
    assert closes_of_day(18.0, [last, first], now=NOON) == (Close(MIDNIGHT, 20.0), Close(NOON, -2.0))


@pytest.mark.parametrize(
    ("price", "direction", "expected"),
    [
        (110.0, 1, 19.36),  # 2 * (10 - 0.001 * 100 - 0.002 * 110)
        (90.0, 1, -20.56),  # 2 * (-10 - 0.1 - 0.18)
        (90.0, -1, 19.44),  # 2 * (10 - 0.1 - 0.18)
        (110.0, -1, -20.64),  # 2 * (-10 - 0.1 - 0.22)
    ],
)
def test_part_profit(price: float, direction: int, expected: float) -> None:
    """Two coins entered at 100, fees of 0.1 % to enter and 0.2 % to leave."""
    profit = part_profit(100.0, price, 2.0, direction, (0.001, 0.002))
    assert profit == pytest.approx(expected, rel=1e-12)
