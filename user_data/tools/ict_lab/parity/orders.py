"""Orders that rest, one by one: placed, taken back, placed anew, filled on both sides, and why they differ.

Every difference has one of these causes, each with a bound that is checked.

TICK
    Live it rests at the zone's price, in the backtest a tick beyond it (LIM-3). Exactly a tick.
TOUCH
    Live a touch fills; in the backtest it is not traded through and rests on (LIM-3). The candle's extreme is
    the price itself.
FIRST_LOOK
    Live it is placed, or taken back, two seconds after the open, in the backtest at the open. The price was
    met in these two seconds.
NO_PLACE
    No counterpart: the other side had an order or a position then. It spans the close; the two sides differed
    just before.
DAY_CAP
    No counterpart: the other side had used the day's entries up. Its fills of that day are at the cap; the
    two sides differed earlier that day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ict_lab.parity.records import Deal, PricePath
from ict_lab.parity.scenario import BALANCE, CANDLE_MS, FIRST_LOOK_MS, LOT, TICK, Scenario
from loopback.market.intervals import DAY_MS

# The exchange has prices on ticks, so it reaches a level up to half a tick's time off the path.
SLACK_MS = 500
_HAIR = 1e-6


class Ending(StrEnum):
    """What became of an order."""

    FILLED = "filled"
    TAKEN_BACK = "taken back"
    RESTS = "rests at the end"


class OrderCause(StrEnum):
    """Why the two sides differ; the module's table has the words."""

    TICK = "a tick beyond"
    TOUCH = "touched, not traded through"
    FIRST_LOOK = "met before the first look"
    NO_PLACE = "no place"
    DAY_CAP = "day cap"


@dataclass(frozen=True)
class Rest:
    """An order that rested; times in milliseconds UTC, `side` +1 or -1, `price` in USDT.

    `ended` is the open of the candle where a backtest tells it; `equity` what the account was worth in USDT
    when it was placed.
    """

    side: int
    placed: int
    price: float
    amount: float
    ended: int
    ending: Ending
    equity: float

    @property
    def candle(self) -> int:
        """Open time of the candle in which it was placed."""
        return self.placed // CANDLE_MS * CANDLE_MS

    @property
    def last_candle(self) -> int:
        """Open time of the candle in which it ended."""
        return self.ended // CANDLE_MS * CANDLE_MS

    @property
    def key(self) -> tuple[int, int]:
        """What makes two orders the same one: the close at which they were placed, and the side."""
        return self.candle, self.side

    def __str__(self) -> str:
        name = "long" if self.side > 0 else "short"
        return f"{name} at {self.price:.1f} of {datetime.fromtimestamp(self.placed / 1000, UTC):%d %b %H:%M}"


def live_orders(rows: Iterable[Mapping[str, Any]], deals: Sequence[Deal], scenario: Scenario) -> list[Rest]:
    """Return what rested on the exchange, in the order of placing, from its own rows.

    Raises
    ------
    KeyError
        For an order that expired, or is filled in part.
    """
    endings = {"FILLED": Ending.FILLED, "CANCELED": Ending.TAKEN_BACK, "NEW": Ending.RESTS}
    found = []
    for row in sorted(rows, key=lambda row: row["time"]):
        ending = endings[row["status"]]
        ended = scenario.end_ms if ending is Ending.RESTS else row["updateTime"]
        side, numbers = 1 if row["side"] == "BUY" else -1, (float(row["price"]), float(row["origQty"]))
        found.append(Rest(side, row["time"], *numbers, ended, ending, _equity(deals, row["time"])))
    return found


def backtest_orders(
    rows: Sequence[Mapping[str, Any]], deals: Sequence[Deal], scenario: Scenario
) -> list[Rest]:
    """Return what rested in a backtest, in the order of placing, from what its strategy wrote down."""
    found = []
    for number, row in enumerate(rows):
        if row["what"] != "placed":
            continue
        rests: dict[str, Any] = {"what": Ending.RESTS, "at": scenario.end_ms}
        end = rows[number + 1] if number + 1 < len(rows) else rests
        side, equity = 1 if row["side"] == "long" else -1, _equity(deals, row["at"])
        ended = Ending(end["what"])
        found.append(Rest(side, row["at"], row["price"], row["amount"], end["at"], ended, equity))
    return found


def _equity(deals: Sequence[Deal], at: int) -> float:
    return BALANCE + sum(deal.profit for deal in deals if deal.closed <= at)


class OrderComparison:
    """Both sides, order by order.

    Parameters
    ----------
    live, backtest
        Orders in the order of their placing.
    deals
        Trades of the live side and of the backtest.
    path
        The price's way.
    cap
        Entries of a day at the most.

    Attributes
    ----------
    causes
        How often each cause made a difference.
    same
        Pairs that ended alike, in the same candle.
    differing
        Places of orders that ended otherwise, or have no counterpart.
    unexplained
        One sentence for each difference without a cause.
    """

    def __init__(
        self,
        live: Sequence[Rest],
        backtest: Sequence[Rest],
        deals: tuple[Sequence[Deal], Sequence[Deal]],
        path: PricePath,
        cap: int,
    ) -> None:
        self._live, self._backtest, self._deals = live, backtest, deals
        self._path, self._cap = path, cap
        there = {order.key: order for order in backtest}
        self.pairs = [(order, there[order.key]) for order in live if order.key in there]
        paired = {here.key for here, _ in self.pairs}
        self.lonely = [order for order in (*live, *backtest) if order.key not in paired]
        self.causes: Counter[OrderCause] = Counter()
        self.unexplained: list[str] = []
        self.same: list[tuple[Rest, Rest]] = []
        self.differing: list[Rest] = [*self.lonely]
        for here, other in self.pairs:
            self._price_and_amount(here, other)
            self._ended_live(here)
            self._ended_in_backtest(other)
            self._endings(here, other)
        for order in self.lonely:
            self._alone(order)

    def _require(self, order: Rest, holds: bool, text: str) -> None:
        if not holds:
            self.unexplained.append(f"{order}: {text}")

    def _price_and_amount(self, here: Rest, there: Rest) -> None:
        beyond = here.side * (here.price - there.price)
        self._require(here, abs(beyond - TICK) < _HAIR, f"the backtest rests {beyond:.1f} beyond it")
        self.causes[OrderCause.TICK] += 1
        # A tick of the stop's distance, and the lots of both.
        expected = there.amount * here.equity / there.equity
        slack = 2 * LOT + 0.002 * here.amount
        self._require(
            here, abs(here.amount - expected) <= slack, f"{here.amount}, by backtest {expected:.4f}"
        )
        self._require(here, here.placed == here.candle + FIRST_LOOK_MS, "placed at another time than a close")

    def _ended_live(self, order: Rest) -> None:
        """Require a live order to fill when the price was first there, else to be taken back at a close."""
        # A purchase is filled a tick below its price and a sale at it, on prices of whole ticks.
        filled = self._path.reached(order.placed, order.price - TICK / 2, order.side > 0)
        if order.ending is Ending.FILLED:
            late = abs(order.ended - filled)
            self._require(order, late <= SLACK_MS, f"filled {late} ms off the path")
            return
        self._require(order, filled >= order.ended - SLACK_MS, "not filled, though the price was there")
        if order.ending is Ending.TAKEN_BACK:
            at_close = order.ended == order.last_candle + FIRST_LOOK_MS
            self._require(order, at_close, "taken back at another time than a close")

    def _ended_in_backtest(self, order: Rest) -> None:
        """Require a backtest's order to fill in the first candle that has its price."""
        level = order.price + order.side * TICK / 2
        filled = self._path.reached(order.placed, level, order.side > 0) // CANDLE_MS * CANDLE_MS
        if order.ending is Ending.FILLED:
            self._require(order, filled == order.ended, "filled in another candle than the path says")
        else:
            self._require(order, filled >= order.ended, "not filled, though a candle has its price")

    def _endings(self, here: Rest, there: Rest) -> None:
        if (here.ending, here.last_candle) == (there.ending, there.last_candle):
            self.same.append((here, there))
            return
        self.differing += [here, there]
        filled_only_live = here.ending is Ending.FILLED and here.last_candle <= there.last_candle
        if filled_only_live and here.ended - here.last_candle < FIRST_LOOK_MS:
            self.causes[OrderCause.FIRST_LOOK] += 1
        elif filled_only_live and self._is_touched_alone(here, there):
            self.causes[OrderCause.TOUCH] += 1
        else:
            words = f"{here.ending} of candle {here.last_candle}, the backtest's {there.ending}"
            self._require(here, False, f"{words} of candle {there.last_candle}")

    def _is_touched_alone(self, here: Rest, there: Rest) -> bool:
        furthest = self._path.extreme(here.last_candle, here.side)
        return here.side * (furthest - there.price) > _HAIR

    def _alone(self, order: Rest) -> None:
        """Find out why an order has no counterpart."""
        is_live = order in self._live
        others, deals = (self._backtest, self._deals[1]) if is_live else (self._live, self._deals[0])
        if self._met_at_once(order):
            self.causes[OrderCause.FIRST_LOOK] += 1
        elif self._is_taken(order, others, deals) and self._differed_before(order):
            self.causes[OrderCause.NO_PLACE] += 1
        elif self._is_used_up(order, deals) and self._differed_before(order, order.candle // DAY_MS * DAY_MS):
            self.causes[OrderCause.DAY_CAP] += 1
        else:
            self._require(order, False, f"has no counterpart {'in the backtest' if is_live else 'live'}")

    def _met_at_once(self, order: Rest) -> bool:
        """Tell whether the price was at the order in the two seconds that live comes later."""
        start, end = order.candle, order.candle + FIRST_LOOK_MS
        return self._path.reached(start, order.price + order.side * TICK, order.side > 0) <= end

    def _is_taken(self, order: Rest, others: Sequence[Rest], deals: Sequence[Deal]) -> bool:
        spans = [(other.candle, other.last_candle) for other in others if other.key != order.key]
        spans += [(deal.candle, deal.exit_candle) for deal in deals]
        return any(first <= order.candle <= last for first, last in spans)

    def _differed_before(self, order: Rest, since: int = 0) -> bool:
        """Tell whether something of the two sides differed before: an order, or the end of a trade."""
        exits = {deal.key: deal.exit_candle for deal in self._deals[1]}
        parted = [deal.candle for deal in self._deals[0] if exits.get(deal.key) != deal.exit_candle]
        earlier = [*parted, *(other.candle for other in self.differing)]
        return any(since <= candle < order.candle for candle in earlier)

    def _is_used_up(self, order: Rest, deals: Sequence[Deal]) -> bool:
        day = order.candle // DAY_MS
        return sum(deal.opened // DAY_MS == day and deal.opened < order.candle for deal in deals) >= self._cap
