"""The day's caps (RISK-2), worked by hand."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ict import Params
from ict.desk.limits import (
    TradeFact,
    day_cap_reached,
    day_start,
    next_day,
    part_profit,
    realised_today,
)

MIDNIGHT = datetime(2024, 3, 5, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
MOMENT = timedelta(microseconds=1)
KST = timezone(timedelta(hours=9))


def trade(hours: float = 1.0, realised: float = 0.0, closed: float | None = 2.0) -> TradeFact:
    """Make a trade that was opened and closed some hours after midnight, or is still open."""
    closed_at = None if closed is None else MIDNIGHT + timedelta(hours=closed)
    return TradeFact(MIDNIGHT + timedelta(hours=hours), closed_at, realised)


def reason(*trades: TradeFact, equity: float = 1000.0, now: datetime = NOON) -> str | None:
    """Say what forbids an entry at noon, if anything."""
    return day_cap_reached(trades, now=now, equity=equity, params=Params())


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
    assert (reason(*[TradeFact(opened, None, 0.0)] * 5) is not None) == counts


@pytest.mark.parametrize(
    ("realised", "equity", "is_allowed"),
    [
        (-30.0, 970.0, False),  # 3 % of the 1,000 that the day began with
        (-29.99, 970.01, True),
        (-30.0, 970.01, True),  # the day began with 1,000.01
        (-31.0, 969.0, False),
        (30.0, 1030.0, True),
    ],
)
def test_loss_of_a_day(realised: float, equity: float, is_allowed: bool) -> None:
    assert (reason(trade(realised=realised), equity=equity) is None) == is_allowed


@pytest.mark.parametrize(
    ("closes", "equity", "is_allowed"),
    [
        ([(2, 25.0), (3, -50.0)], 975.0, True),  # never below -25 of the 1,000 it began with
        ([(3, -50.0), (2, 25.0)], 975.0, True),  # whatever the order of the list
        ([(2, -50.0), (3, 25.0)], 975.0, False),  # the cap was met at -50, and a later gain does not lift it
        ([(2, -50.0), (3, 90.0)], 1040.0, False),
        ([(2, -50.0), (2, 25.0)], 975.0, True),  # at the same moment
        ([(2, -10.0), (3, -10.0), (4, -10.0)], 970.0, False),
        ([(2, -10.0), (3, -10.0), (4, -9.0)], 971.0, True),
    ],
)
def test_gains_and_losses_of_a_day(
    closes: list[tuple[float, float]], equity: float, is_allowed: bool
) -> None:
    """The cap is met once the day's realised profit has been that low."""
    facts = [trade(realised=realised, closed=hour) for hour, realised in closes]
    assert (reason(*facts, equity=equity) is None) == is_allowed


def test_open_trades_have_realised_nothing() -> None:
    """They count as entries, and not as losses."""
    assert reason(*[trade(closed=None)] * 4) is None
    assert reason(*[trade(closed=None)] * 5) is not None


def test_opened_yesterday_and_closed_today() -> None:
    """Its loss is today's, its entry is not."""
    loser = trade(hours=-3, realised=-30.0)
    assert reason(loser, equity=970.0) == "the UTC day lost 3.00% of 3% allowed"
    assert reason(*[trade(hours=-3)] * 9) is None


@pytest.mark.parametrize("equity", [0.0, -10.0])
def test_no_equity(equity: float) -> None:
    assert reason(equity=equity) is not None
    # All was lost today: the day's start had 100, and all of it is gone.
    assert reason(trade(realised=-100.0), equity=0.0) is not None


@pytest.mark.parametrize(("equity", "realised"), [(math.nan, 0.0), (1000.0, math.nan), (math.nan, math.nan)])
def test_unknown_money_is_no_permission(equity: float, realised: float) -> None:
    """Money fails closed: a loss that cannot be computed is not a loss within the cap."""
    assert reason(trade(realised=realised), equity=equity) is not None


def test_another_clock_tells_the_same_day() -> None:
    """03:00 in Seoul is 18:00 UTC of the day before, and caps follow the UTC day."""
    seoul = datetime(2024, 3, 6, 3, 0, tzinfo=KST)
    assert day_start(seoul) == MIDNIGHT
    assert next_day(seoul) == MIDNIGHT + timedelta(days=1)
    opened = TradeFact((MIDNIGHT + timedelta(hours=1)).astimezone(KST), None, 0.0)
    assert reason(*[opened] * 5, now=seoul) is not None
    yesterday = TradeFact(datetime(2024, 3, 5, 8, 59, tzinfo=KST), None, 0.0)
    assert reason(*[yesterday] * 5, now=seoul) is None


def test_the_next_day_begins_anew() -> None:
    trades = [trade(hours=23.9, realised=-50.0)] * 5
    assert reason(*trades, now=MIDNIGHT + timedelta(hours=24) - MOMENT, equity=750.0) is not None
    today = MIDNIGHT + timedelta(hours=24)
    # The desk is told what each trade realised on the day in question: of yesterday's, nothing.
    assert reason(*[TradeFact(one.opened_at, None, 0.0) for one in trades], now=today, equity=750.0) is None
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
def test_realised_today(total: float, parts: list[tuple[datetime | None, float]], expected: float) -> None:
    assert realised_today(total, parts, now=NOON) == expected


@pytest.mark.parametrize(
    ("price", "direction", "expected"),
    [
        (110.0, 1, 19.58),  # 2 * (10 - 0.001 * 210)
        (90.0, 1, -20.38),  # 2 * (-10 - 0.001 * 190)
        (90.0, -1, 19.62),  # 2 * (10 - 0.001 * 190)
        (110.0, -1, -20.42),  # 2 * (-10 - 0.001 * 210)
    ],
)
def test_part_profit(price: float, direction: int, expected: float) -> None:
    """Two coins entered at 100, a tenth of a percent of fees a side."""
    assert part_profit(100.0, price, 2.0, direction, 0.001) == pytest.approx(expected, rel=1e-12)
