"""Trade by trade: what differs between the live bot and the backtest, and why.

Every difference has one of these causes. All but the last two are about one trade; the last two say why a
trade has no counterpart, and only ever follow one of the others. Each has a bound that is checked.

OPENING
    Live fills in the book two seconds after the candle's open, the backtest at the open. Entry within two
    ticks of the path at that moment, 2 s after the open; target and size follow from it.
BOOK
    Live a stop is a market order and takes the book's other side; in the backtest it fills at the stop. Exit
    within two ticks of the stop, at the path's moment.
LOOK
    Live a target is seen at the first look beyond it, up to 5 s late, and sold in the book; the backtest
    fills at the target. Exit within two ticks of the path at that look, the first one beyond the target.
REVERSAL
    Live a position of the other side can open only when the former one has closed, inside the candle; the
    backtest opens it at the candle's open, while the former one was still there. The former trade of that
    side closed in this candle; entry within two ticks of the path at the live exit.
MOVED_TARGET
    Each side has the target of its own fill. Each exit is the first event on the path for its own levels.
BETWEEN_LOOKS
    Live the target was touched for less than 5 s, between two looks, and is left for later; the backtest
    fills at the target. No look before the exit had a price at the target.
TWO_EVENTS
    Live stop or target, whichever came first; the backtest takes the stop if one candle touches both. Both
    were touched in that candle.
NO_SLOT
    No counterpart: the other side held a position then. It spans the entry; a pair before it closed in
    different candles.
DAY_CAP
    No counterpart: the other side had used the day's entries up. Its entries of that day are at the cap; the
    two sides differed earlier that day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ict_lab.parity.orders import Rest
from ict_lab.parity.records import END, STOP, TARGET, Deal, PricePath
from ict_lab.parity.scenario import CANDLE_MS, FIRST_LOOK_MS, LOOK_MS, LOT, TICK

MAX_DAILY_TRADES = 5
_TICKS = 2 * TICK
# Prices are sums of floats; this is far below a tick.
_HAIR = 1e-6
# The exchange has prices on ticks, so it reaches a level up to half a tick's time off the path.
SLACK_MS = 500


class Cause(StrEnum):
    """Why the two sides differ; the module's table has the words."""

    OPENING = "opening"
    BOOK = "book"
    LOOK = "look"
    REVERSAL = "reversal"
    MOVED_TARGET = "moved target"
    BETWEEN_LOOKS = "between looks"
    TWO_EVENTS = "two events"
    NO_SLOT = "no slot"
    DAY_CAP = "day cap"


@dataclass(frozen=True)
class Pair:
    """The same trade on both sides."""

    live: Deal
    backtest: Deal

    @property
    def closes_together(self) -> bool:
        """Whether both sides left in the same candle for the same reason."""
        here, there = self.live, self.backtest
        return here.exit_candle == there.exit_candle and here.reason == there.reason


class Comparison:
    """Both sides, trade by trade, of entries at the market.

    Parameters
    ----------
    live, backtest
        Trades in the order of their entries.
    path
        The price's way.

    Attributes
    ----------
    causes
        How often each cause made a difference.
    unexplained
        One sentence for each difference without a cause.
    """

    def __init__(self, live: Sequence[Deal], backtest: Sequence[Deal], path: PricePath) -> None:
        self._live, self._backtest, self._path = live, backtest, path
        there = {deal.key: deal for deal in backtest}
        self.pairs = [Pair(deal, there[deal.key]) for deal in live if deal.key in there]
        paired = {pair.live.key for pair in self.pairs}
        self.lonely = [deal for deal in (*live, *backtest) if deal.key not in paired]
        self.causes: Counter[Cause] = Counter()
        self.unexplained: list[str] = []
        for pair in self.pairs:
            self._entry(pair)
            self._levels_and_size(pair)
            self._exit(pair)
        for deal in self.lonely:
            self._alone(deal)

    def _say(self, deal: Deal, text: str) -> None:
        self.unexplained.append(f"{deal}: {text}")

    def _require(self, deal: Deal, *conditions: tuple[bool, str]) -> None:
        for holds, text in conditions:
            if not holds:
                self._say(deal, text)

    def _entry(self, pair: Pair) -> None:
        live, there = pair.live, pair.backtest
        self._require(
            live,
            (abs(there.entry - self._path.at(there.opened)) <= _TICKS, "the backtest missed the open"),
            (abs(live.entry - self._path.at(live.opened)) <= _TICKS, "the fill is off the book"),
        )
        if live.opened == live.candle + FIRST_LOOK_MS:
            self.causes[Cause.OPENING] += 1
        elif self._reverses(live, self._live) and self._reverses(there, self._backtest):
            self.causes[Cause.REVERSAL] += 1
        else:
            self._say(live, f"entered {live.opened - live.candle} ms after the candle's open")

    def _reverses(self, deal: Deal, own: Sequence[Deal]) -> bool:
        """Tell whether a trade follows one of the other side that closed in its own candle.

        Live, it follows at the look that saw the close; a backtest knows no order inside a candle.
        """
        before = [other for other in own if other.opened < deal.opened]
        if not before or before[-1].side == deal.side or before[-1].exit_candle != deal.candle:
            return False
        return own is self._backtest or 0 <= deal.opened - before[-1].closed <= LOOK_MS

    def _levels_and_size(self, pair: Pair) -> None:
        live, there = pair.live, pair.backtest
        target = live.entry + 2 * (live.entry - live.stop)
        self._require(
            live,
            (abs(live.stop - there.stop) <= TICK + _HAIR, f"stop {live.stop}, backtest {there.stop}"),
            (abs(live.target - target) <= TICK, f"target {live.target} is not 2 R from the fill, {target}"),
        )
        for deal in (live, there):
            # The size is worked out from the price before the order, the fill is a tick or two away.
            slack = LOT + deal.amount * (_TICKS + TICK) / deal.risk
            off = abs(deal.amount - deal.size_by_rule)
            self._require(deal, (off <= slack, f"size {deal.amount}, by rule {deal.size_by_rule:.4f}"))

    def _exit(self, pair: Pair) -> None:
        live, there = pair.live, pair.backtest
        self._left_live(live)
        self._left_backtest(there)
        if pair.closes_together or END in (live.reason, there.reason):
            return
        if live.exit_candle == there.exit_candle and there.reason == STOP:
            self.causes[Cause.TWO_EVENTS] += 1  # that the target came first was seen above
        elif abs(live.target - there.target) > TICK:
            self.causes[Cause.MOVED_TARGET] += 1
        elif self._was_missed(live):
            return  # counted where the exit itself was looked at
        else:
            self._say(live, f"left by {live.reason} in another candle than the backtest by {there.reason}")

    def _left_live(self, deal: Deal) -> None:
        """Require a live exit to be the path's first event that could be seen, at its price."""
        if deal.exit is None:
            return
        when, what = self._path.first_seen(deal)
        late = abs(deal.closed - when)
        self.causes[Cause.BETWEEN_LOOKS] += self._was_missed(deal)
        self._require(
            deal,
            (what == deal.reason, f"left by {deal.reason}, the path first came to its {what}"),
            (late <= SLACK_MS, f"left {late} ms off the path's event"),
        )
        if deal.reason == STOP:
            self.causes[Cause.BOOK] += deal.exit != deal.stop
            self._require(deal, (abs(deal.exit - deal.stop) <= _TICKS, f"stop filled at {deal.exit}"))
        else:
            self.causes[Cause.LOOK] += deal.exit != deal.target
            off = abs(deal.exit - self._path.at(deal.closed))
            self._require(deal, (off <= _TICKS, f"target filled {off} off the book"))

    def _was_missed(self, deal: Deal) -> bool:
        """Tell whether the price was at a live trade's target, but never when the bot looked."""
        return self._path.first_seen(deal)[0] - self._path.first_event(deal)[0] > LOOK_MS

    def _left_backtest(self, deal: Deal) -> None:
        """Require a backtest's exit to be the path's first event, exactly at its level."""
        if deal.reason == END:
            return
        when, what = self._path.first_event(deal)
        # The export has the stop rounded to a tick, and the target was worked out from it, two times as far.
        level, bound = (deal.stop, TICK) if deal.reason == STOP else (self._aim(deal), 3 * TICK)
        together = what == TARGET and deal.reason == STOP  # the stop wins inside one candle
        self._require(
            deal,
            (what == deal.reason or together, f"left by {deal.reason}, the path first came to its {what}"),
            (
                when // CANDLE_MS * CANDLE_MS == deal.exit_candle or self._is_at_the_edge(deal, what),
                "left in another candle than the path's event",
            ),
            (abs((deal.exit or 0.0) - level) <= bound + _HAIR, f"left at {deal.exit}, its level is {level}"),
        )

    def _is_at_the_edge(self, deal: Deal, what: str) -> bool:
        """Tell whether the candle of a target hangs on the ticks by which the export's is not exact."""
        if what != TARGET:
            return False
        edges = (deal.target - 3 * TICK, deal.target + 3 * TICK)
        ends = sorted(self._path.reached(deal.aims_from, level, deal.side < 0) for level in edges)
        return ends[0] // CANDLE_MS * CANDLE_MS <= deal.exit_candle <= ends[1]

    def _aim(self, deal: Deal) -> float:
        """Return a backtest's target; the open where that is beyond it when the target begins to count."""
        if not deal.rested:
            return deal.target
        opened = round(self._path.at(deal.aims_from), 1)
        is_beyond = deal.exit_candle == deal.aims_from and deal.side * (opened - deal.target) > 0
        return opened if is_beyond else deal.target

    def _alone(self, deal: Deal) -> None:
        """Find out why a trade has no counterpart."""
        others = self._backtest if deal in self._live else self._live
        own = self._live if deal in self._live else self._backtest
        if any(_spans(other, deal) for other in others) and self._differed_just_before(deal):
            self.causes[Cause.NO_SLOT] += 1
        elif self._day_is_used_up(deal, others) and self._differed_that_day(deal):
            self.causes[Cause.DAY_CAP] += 1
        elif deal in self._backtest and self._reverses(deal, own):
            self.causes[Cause.REVERSAL] += 1
        else:
            self._say(deal, "has no counterpart")

    def _differed_just_before(self, deal: Deal) -> bool:
        """Tell whether the newest trade before was alone too, or left differently on the two sides."""
        before = sorted(self._differences(), key=lambda found: found[0])
        earlier = [differs for opened, differs in before if opened < deal.candle]
        return bool(earlier) and earlier[-1]

    def _differences(self) -> Iterator[tuple[int, bool]]:
        yield from ((pair.live.candle, not pair.closes_together) for pair in self.pairs)
        yield from ((deal.candle, True) for deal in self.lonely)

    def _day_is_used_up(self, deal: Deal, others: Sequence[Deal]) -> bool:
        entries = [other for other in others if other.day == deal.day and other.opened < deal.opened]
        return len(entries) >= MAX_DAILY_TRADES

    def _differed_that_day(self, deal: Deal) -> bool:
        return any(other.day == deal.day and other.candle < deal.candle for other in self.lonely)


def _spans(other: Deal, deal: Deal) -> bool:
    """Tell whether a position of the other side was open when a trade was entered, or in that candle."""
    return other.candle <= deal.candle <= other.exit_candle


class RestingComparison(Comparison):
    """Both sides, trade by trade, of entries that rested; `differing` are orders that were not the same."""

    def __init__(
        self, live: Sequence[Deal], backtest: Sequence[Deal], path: PricePath, differing: Sequence[Rest]
    ) -> None:
        self._fills = {(order.last_candle, order.side) for order in differing}
        super().__init__(live, backtest, path)

    def _entry(self, pair: Pair) -> None:
        beyond = pair.live.side * (pair.live.entry - pair.backtest.entry)
        self._require(pair.live, (abs(beyond - TICK) < _HAIR, f"entered {beyond:.1f} before the backtest"))

    def _alone(self, deal: Deal) -> None:
        self._require(deal, (deal.key in self._fills, "has no counterpart"))
