"""The exchange compared with the book: findings, and the action for each.

A pure decision over two pictures of one moment. Each finding says what differs and which single action, if
any, is safe to take without a person. Amounts are compared, not pairs; direction is data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ict.candles import Direction

# Amounts lie on a grid; what differs by less than this part of them is a float's error.
SAME = 1e-6


class Kind(StrEnum):
    """What differs."""

    POSITION_WITHOUT_TRADE = "position_without_trade"
    TRADE_WITHOUT_POSITION = "trade_without_position"
    SIZES_DIFFER = "sizes_differ"
    NO_RESTING_STOP = "no_resting_stop"
    ORDER_WITHOUT_TRADE = "order_without_trade"
    TWO_STOPS = "two_stops"
    HEDGE_MODE = "hedge_mode"
    CROSS_MODE = "cross_mode"


class Act(StrEnum):
    """What the bot does about a finding; NOTHING leaves it to the trader, or to Freqtrade's own loop."""

    NOTHING = "nothing"
    CANCEL = "cancel"
    PROTECT = "protect"
    CLOSE = "close"
    RECOVER = "recover"
    REPLACE_STOP = "replace_stop"


@dataclass(frozen=True, slots=True)
class Position:
    """A position of the exchange: amount in the base currency, above 0."""

    pair: str
    direction: Direction
    amount: float


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """An order that rests on the exchange: it reduces a position, or is an entry of the bot's.

    Attributes
    ----------
    order_id : str
        Its id there.
    pair : str
        Pair.
    closes : Direction
        Side of the positions that it reduces, +1 long, -1 short; 0 for an entry of the bot's.
    amount : float
        Base currency; infinity where it closes the whole position.
    price : float
        Price that triggers it, or its limit, in the quote currency.
    is_stop : bool
        Whether it waits for a worse price, as a stop does.
    is_conditional : bool
        Whether it waits beside the order book.
    filled : float
        What of an entry has been filled so far, in the base currency.
    """

    order_id: str
    pair: str
    closes: Direction
    amount: float
    price: float
    is_stop: bool = True
    is_conditional: bool = True
    filled: float = 0.0


@dataclass(frozen=True, slots=True)
class BookedTrade:
    """An open trade of the book.

    Attributes
    ----------
    trade_id : int
        Its id in the book.
    pair, direction, amount
        As of `Position`; amount is 0 before its entry has filled, or what of it rests is cancelled.
    stop : float
        Stop in force, in the quote currency; before the entry has filled, the planned one.
    stop_ids, order_ids : frozenset[str]
        Ids of its stops, and of its entries and exits, that are open in the book.
    """

    trade_id: int
    pair: str
    direction: Direction
    amount: float
    stop: float
    stop_ids: frozenset[str] = frozenset()
    order_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """What the exchange holds at one moment.

    Attributes
    ----------
    positions, resting
        Open positions, and orders that rest: reduce-only ones, and the bot's own entries.
    hedge_mode : bool
        Whether long and short positions of a pair are kept apart.
    cross_pairs : Collection[str]
        Pairs whose position is backed by the whole account.
    """

    positions: Sequence[Position]
    resting: Sequence[RestingOrder]
    hedge_mode: bool = False
    cross_pairs: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference between exchange and book.

    Attributes
    ----------
    kind : Kind
        What differs.
    pair : str or None
        Where; None for the whole account.
    act : Act
        What is to be done.
    held, booked : float
        Signed amounts in the base currency that are compared, where sizes are; without a resting stop
        (or with one that is too small) `held` is the part that has none.
    orders : tuple[RestingOrder, ...]
        Orders that the action concerns.
    trade_id : int or None
        Trade that the action concerns.
    direction, amount, stop
        Of a stop to place or a position to close.
    """

    kind: Kind
    pair: str | None = None
    act: Act = Act.NOTHING
    held: float = 0.0
    booked: float = 0.0
    orders: tuple[RestingOrder, ...] = ()
    trade_id: int | None = None
    direction: Direction = 0
    amount: float = 0.0
    stop: float = 0.0

    @property
    def key(self) -> tuple[str, str | None, tuple[str, ...]]:
        """Identity of a finding across comparisons."""
        return self.kind, self.pair, tuple(order.order_id for order in self.orders)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings allow, and what is known of unbooked positions.

    Attributes
    ----------
    adopt_orphans : str
        ``off``, ``stop`` or ``close``: what is done about a position without a trade.
    planned_stops : Mapping[tuple[str, Direction], float]
        Stop of the newest signal that an order went out for, by pair and side.
    pairs : Collection[str]
        Pairs that the bot trades; positions elsewhere are their owner's.
    """

    adopt_orphans: str = "stop"
    planned_stops: Mapping[tuple[str, Direction], float] = field(default_factory=dict)
    pairs: Collection[str] = ()


def reconcile(held: Held, book: Sequence[BookedTrade], policy: Policy) -> list[Finding]:
    """Compare the exchange with the book (BOOK-1).

    Parameters
    ----------
    held : Held
        The exchange.
    book : Sequence[BookedTrade]
        Open trades.
    policy : Policy
        What may be done.

    Returns
    -------
    list[Finding]
        The account first, then pair by pair; empty where both sides agree.
    """
    pairs = dict.fromkeys([*policy.pairs, *(trade.pair for trade in book)])
    found = [Finding(Kind.HEDGE_MODE)] if held.hedge_mode else []
    found += [Finding(Kind.CROSS_MODE, pair) for pair in held.cross_pairs if pair in pairs]
    for pair in pairs:
        found += _of_pair(_Pair(pair, held, book), policy)
    return found


class _Pair:
    """Both sides of one pair."""

    def __init__(self, pair: str, held: Held, book: Sequence[BookedTrade]) -> None:
        self.pair = pair
        self.trades = [trade for trade in book if trade.pair == pair]
        mine = [order for order in held.resting if order.pair == pair]
        booked = frozenset[str]().union(*(trade.order_ids for trade in self.trades))
        self.resting = [order for order in mine if order.closes]
        entries = [order for order in mine if not order.closes]
        self.entries = [order for order in entries if order.order_id in booked]
        self.strays = tuple(order for order in entries if order.order_id not in booked)
        self.held = sum(row.direction * row.amount for row in held.positions if row.pair == pair)
        self.booked = sum(trade.direction * trade.amount for trade in self.trades)

    @property
    def direction(self) -> Direction:
        """Side of the position."""
        return 1 if self.held > 0 else -1

    def stops(self, side: Direction) -> list[RestingOrder]:
        """Resting stops of one side's positions."""
        return [order for order in self.resting if order.is_stop and order.closes == side]

    @property
    def is_moving(self) -> bool:
        """Whether an exit of the bot's rests: what of it has filled is booked once it ends."""
        return any(order.order_id in trade.order_ids for trade in self.trades for order in self.resting)

    @property
    def uncovered(self) -> float:
        """Part of the position that no resting stop would close, in the base currency."""
        return abs(self.held) - sum(order.amount for order in self.stops(self.direction))


def _of_pair(pair: _Pair, policy: Policy) -> Iterator[Finding]:
    if pair.strays:
        # Its fill would be an unknown position.
        yield Finding(Kind.ORDER_WITHOUT_TRADE, pair.pair, Act.CANCEL, orders=pair.strays)
    if not pair.trades:
        yield from _without_trade(pair, policy)
        return
    trade = pair.trades[0]
    if pair.entries:
        yield from _resting_entry(pair, trade)
    elif _same(pair.held, pair.booked):
        if not trade.amount:
            yield _difference(Kind.TRADE_WITHOUT_POSITION, pair, Act.NOTHING)
        yield from _stops_of(pair, trade)
    elif pair.is_moving:
        return
    elif pair.held * trade.direction <= 0:
        yield _difference(Kind.TRADE_WITHOUT_POSITION, pair, Act.RECOVER)
    elif abs(pair.held) < abs(pair.booked):
        yield _difference(Kind.SIZES_DIFFER, pair, Act.RECOVER)
    else:
        yield _excess(pair, trade, policy)


def _without_trade(pair: _Pair, policy: Policy) -> Iterator[Finding]:
    if pair.held:
        yield _orphan(pair, policy)
    elif pair.resting:
        orders = tuple(pair.resting)
        yield Finding(Kind.ORDER_WITHOUT_TRADE, pair.pair, Act.CANCEL, orders=orders)


def _orphan(pair: _Pair, policy: Policy) -> Finding:
    """Protect an unknown position if its stop is known; its own orders are left alone."""
    act, stop = Act.NOTHING, policy.planned_stops.get((pair.pair, pair.direction), 0.0)
    if policy.adopt_orphans == "close":
        act = Act.CLOSE
    elif policy.adopt_orphans == "stop" and stop > 0 and pair.uncovered > SAME * abs(pair.held):
        act = Act.PROTECT
    amount = abs(pair.held) if act is Act.CLOSE else pair.uncovered
    return Finding(
        Kind.POSITION_WITHOUT_TRADE, pair.pair, act, pair.held,
        direction=pair.direction, amount=amount, stop=stop,
    )  # fmt: skip


def _excess(pair: _Pair, trade: BookedTrade, policy: Policy) -> Finding:
    """Protect what the exchange holds beyond the book by the trade's own stop."""
    uncovered = min(pair.uncovered, abs(pair.held) - abs(pair.booked))
    protects = policy.adopt_orphans != "off" and trade.stop > 0 and uncovered > SAME * abs(pair.held)
    return Finding(
        Kind.SIZES_DIFFER, pair.pair, Act.PROTECT if protects else Act.NOTHING, pair.held, pair.booked,
        trade_id=trade.trade_id, direction=trade.direction, amount=uncovered, stop=trade.stop,
    )  # fmt: skip


def _resting_entry(pair: _Pair, trade: BookedTrade) -> Iterator[Finding]:
    """Look at an entry that rests: what of it has filled has no amount for Freqtrade, so no stop (LIM-2)."""
    filled = trade.direction * sum(order.filled for order in pair.entries)
    if not _same(pair.held, filled):
        yield Finding(Kind.SIZES_DIFFER, pair.pair, Act.NOTHING, pair.held, filled, trade_id=trade.trade_id)
    elif not filled:
        yield from _stops_of(pair, trade)
    elif pair.uncovered > SAME * abs(filled):
        yield Finding(
            Kind.NO_RESTING_STOP, pair.pair, Act.PROTECT, trade.direction * pair.uncovered, filled,
            trade_id=trade.trade_id, direction=trade.direction, amount=pair.uncovered, stop=trade.stop,
        )  # fmt: skip


def _difference(kind: Kind, pair: _Pair, act: Act) -> Finding:
    return Finding(kind, pair.pair, act, pair.held, pair.booked, trade_id=pair.trades[0].trade_id)


def _stops_of(pair: _Pair, trade: BookedTrade) -> Iterator[Finding]:
    """Look at the stops of a trade whose size agrees."""
    own = [order for order in pair.stops(trade.direction) if order.order_id in trade.stop_ids]
    foreign = tuple(order for order in pair.resting if order.order_id not in trade.stop_ids | trade.order_ids)
    bare = trade.amount - sum(order.amount for order in own)
    if bare > SAME * trade.amount:
        yield Finding(
            Kind.NO_RESTING_STOP, pair.pair, Act.REPLACE_STOP, trade.direction * bare, pair.booked,
            tuple(own), trade.trade_id, trade.direction, trade.amount, trade.stop,
        )  # fmt: skip
        return
    if spare := _spare(own, trade):
        yield Finding(Kind.TWO_STOPS, pair.pair, Act.CANCEL, orders=spare, trade_id=trade.trade_id)
    if foreign:
        doubled = own and any(order.is_stop and order.closes == trade.direction for order in foreign)
        kind = Kind.TWO_STOPS if doubled else Kind.ORDER_WITHOUT_TRADE
        yield Finding(kind, pair.pair, Act.CANCEL, orders=foreign, trade_id=trade.trade_id)


def _spare(own: Sequence[RestingOrder], trade: BookedTrade) -> tuple[RestingOrder, ...]:
    """Pick stops that are not needed, the loosest first: one of them would close the next trade."""
    left, spare = sum(order.amount for order in own), []
    for order in sorted(own, key=lambda order: trade.direction * order.price):
        if left - order.amount >= trade.amount * (1 - SAME):
            left -= order.amount
            spare.append(order)
    return tuple(spare)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * abs(one)
