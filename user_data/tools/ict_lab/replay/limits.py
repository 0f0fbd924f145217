"""What the limits of an account see in a replay (RISK-2 to RISK-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from ict.desk.limits.account import earliest, limit_reached
from ict.desk.limits.facts import Account, Close, OpenRisk, Reached, TradeFact
from ict.params import Params
from ict_lab.replay.positions import Taken

_SECOND = 1_000_000_000


def time_of(nanoseconds: int) -> datetime:
    """Return a candle's time as the limits count it."""
    return datetime.fromtimestamp(nanoseconds // _SECOND, UTC)


def reached_at(
    now: int,
    entry: Taken,
    taken: Sequence[Taken],
    closed: Sequence[Taken],
    opened: Iterable[Taken],
    *,
    equity: float,
    counted: float,
    share: float,
    candle: int,
    params: Params,
) -> Reached | None:
    """Ask every limit in use about an entry.

    Parameters
    ----------
    now : int
        Nanoseconds since 1970, UTC.
    entry : Taken
        The entry in question.
    taken, closed, opened : Sequence[Taken], Sequence[Taken], Iterable[Taken]
        All positions so far, those that are closed in the order of their closes, and those that are open or
        rest; the entry in question may be among these.
    equity, counted, share : float
        Realised equity that may be used, the same with every part that is closed, and the part of a profit
        that counts in it.
    candle : int
        Length of a candle in nanoseconds.
    params : Params
        Settings.
    """
    at, since = time_of(now), earliest(params, time_of(now))
    others = [one for one in opened if one is not entry]
    resting = [one for one in others if not one.is_filled]
    begin = int(since.timestamp()) * _SECOND
    recent = [one for one in taken if one.order.opened >= begin or any(t >= begin for t, _ in one.closes)]

    def equity_at(start: datetime) -> float:
        begun = start.timestamp() * _SECOND
        return counted - share * sum(made for one in recent for t, made in one.closes if t >= begun)

    account = Account(
        now=at,
        equity=equity,
        equity_at=equity_at,
        share=share,
        trades=(*(_fact(one) for one in recent), *(TradeFact(None) for _ in resting)),
        results=[Close(time_of(one.order.closed), one.profit) for one in reversed(closed)],
        open_risks=tuple(_risk(one) for one in others),
        entry=_risk(entry),
        fees=(entry.order.fee, entry.order.fee),
        candle=timedelta(seconds=candle / _SECOND),
    )
    return limit_reached(account, params)


def _fact(one: Taken) -> TradeFact:
    closes = tuple(Close(time_of(at), made) for at, made in one.closes)
    return TradeFact(time_of(one.order.opened), closes)


def _risk(one: Taken) -> OpenRisk:
    order = one.order
    return OpenRisk(order.entry, order.stop, one.amount - one.part, order.side)
