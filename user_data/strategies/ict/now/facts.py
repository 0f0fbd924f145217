"""The answer to "what now?" as plain data: it can be written to a file, and read from there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ict.direction import Direction

# Counts up when a reader of before could no longer read it.
SCHEMA = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """How far something is from the price, signed: above it is above 0; 0 where it holds the price.

    Attributes
    ----------
    price, percent, atr : float
        In the quote currency, in percent of the price, and in average true ranges; NaN where not known.
    """

    price: float
    percent: float
    atr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNow:
    """A live zone near the price.

    Attributes
    ----------
    kind : str
        One of `ENTRY_ZONES`.
    side : Direction
        +1 bullish, -1 bearish.
    top, bottom : float
        Edges, in the quote currency.
    age_candles, touches : int
        Candles since it became known, and how often price came back.
    away : Away
        Of its nearer edge.
    """

    kind: str
    side: Direction
    top: float
    bottom: float
    age_candles: int
    touches: int
    away: Away


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNow:
    """A level where liquidity waits.

    Attributes
    ----------
    kind : str
        One of `POOL_KINDS`.
    side : Direction
        +1 above the price, -1 below it.
    price : float
        In the quote currency.
    age_candles : int
        Candles since it became known.
    away : Away
        Of the level.
    """

    kind: str
    side: Direction
    price: float
    age_candles: int
    away: Away


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketNow:
    """What a pair's chart shows at its newest close.

    Attributes
    ----------
    closed_at : datetime
        Close of the newest candle, timezone-aware.
    price, atr : float
        That close, and the average true range of the candles.
    trends : Mapping[str, Direction]
        Trend of each timeframe, the candles' own first; 0 for none.
    major_trend : Direction
        Trend of major structure.
    session : str
        Which session trades; empty for none.
    zones : tuple[ZoneNow, ...]
        The nearest live ones of each side, bullish ones first.
    levels : tuple[LevelNow, ...]
        The nearest ones above the price, then those below it.
    """

    closed_at: datetime
    price: float
    atr: float
    trends: Mapping[str, Direction]
    major_trend: Direction
    session: str
    zones: tuple[ZoneNow, ...]
    levels: tuple[LevelNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactNow:
    """A fact of the setup: how it is used, and whether it holds for a side."""

    name: str
    use: str
    points: float
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One thing that prevents an entry.

    Attributes
    ----------
    cause : str
        What it is; `ict.now.sentences` has a sentence for each.
    about : Mapping[str, object]
        Its figures and names: numbers and words, or lists of words.
    """

    cause: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideNow:
    """One side of the setup.

    Attributes
    ----------
    side : Direction
        +1 long, -1 short.
    trigger : str or None
        What triggers now; None for nothing.
    price, stop : float
        The entry and its stop: of what triggers, or else of the nearest zone; NaN where there is none.
    cost_r : float
        Fees of that entry and of its stop, in R (RISK-7); NaN where there is none.
    spread_r : float
        What the order book's spread takes of them besides, in R; NaN where it is not known.
    funding_r : float
        Funding at the rate now, for as long as trades are held, in R: paid, or below 0 received; NaN where
        it is not known.
    score, threshold : float
        Points of the facts that hold, and points wanted.
    facts : tuple[FactNow, ...]
        Every fact in use.
    blocks : tuple[Block, ...]
        What is missing for a signal; none where the side signals an entry.
    """

    side: Direction
    trigger: str | None
    price: float
    stop: float
    cost_r: float
    spread_r: float
    funding_r: float
    score: float
    threshold: float
    facts: tuple[FactNow, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNow:
    """An entry that rests."""

    side: Direction
    price: float
    stop: float
    amount: float
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeNow:
    """An open trade.

    Attributes
    ----------
    side : Direction
        +1 long, -1 short.
    opened_at : datetime
        Of its fill.
    entry, stop, target : float
        Prices; the stop in force, and a target that is NaN where there is none.
    part : float
        Pool at which a part is closed before (EXIT-5); NaN for none, or where that is done.
    gain_r : float
        Gain at the price now, before costs, in R of the entry's own stop; NaN where that is not known.
    amount : float
        In the base currency.
    """

    side: Direction
    opened_at: datetime
    entry: float
    stop: float
    target: float
    part: float
    gain_r: float
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairNow:
    """One pair.

    Attributes
    ----------
    pair : str
        As Freqtrade names it.
    timeframe : str
        Of its candles.
    market : MarketNow or None
        None where the candles are missing or wrong.
    sides : tuple[SideNow, ...]
        Long and short.
    signal : Direction
        Side of the entry that the newest close signals; 0 for none.
    held_hours : float
        For how long the strategy's trades are held, the median, which the funding is counted for.
    blocks : tuple[Block, ...]
        What prevents any entry on this pair, whatever the chart shows.
    order : OrderNow or None
        Entry that rests.
    trade : TradeNow or None
        Trade that is open.
    """

    pair: str
    timeframe: str
    market: MarketNow | None
    sides: tuple[SideNow, ...] = ()
    signal: Direction = 0
    held_hours: float = math.nan
    blocks: tuple[Block, ...] = ()
    order: OrderNow | None = None
    trade: TradeNow | None = None

    @property
    def enters(self) -> Direction:
        """Side that is entered at the newest close; 0 for none."""
        return 0 if self.blocks else self.signal


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitNow:
    """A limit of the account: what it goes by now and what is allowed, in its own unit; see `Reached`."""

    cause: str
    used: float
    allowed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNow:
    """The account.

    Attributes
    ----------
    currency : str
        Of the amounts.
    equity, open_risk : float
        Realised equity that the bot may use, and what open trades and resting orders lose at their stops.
    day_profit : float
        Realised on the UTC day.
    open_trades, max_open_trades : float
        Trades and resting orders, and how many may be.
    limits : tuple[LimitNow, ...]
        Limits in use.
    day_ends_at : datetime
        When the caps of the day reset.
    """

    currency: str
    equity: float
    open_risk: float
    day_profit: float
    open_trades: int
    max_open_trades: float
    limits: tuple[LimitNow, ...]
    day_ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNow:
    """How the bot is.

    Attributes
    ----------
    looped_at : datetime
        End of the newest loop.
    loop_seconds : float
        From the begin of that loop to its end; NaN before the first.
    answers : bool
        Whether the exchange answered in that loop.
    waiting : int
        Messages that wait to be sent.
    agrees : str
        Empty where exchange and book agree, or nothing is compared; else what differs.
    error, error_at
        The newest error that was reported, and when; empty and None for none.
    """

    looped_at: datetime
    loop_seconds: float
    answers: bool
    waiting: int
    agrees: str = ""
    error: str = ""
    error_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The state of a bot, or of stored candles, now.

    Attributes
    ----------
    written_at : datetime
        When this was made.
    bot, strategy, state : str
        Names, and Freqtrade's state; bot and state are empty where no bot runs.
    mode : str
        candles, simulated, play_money or real_money.
    prices : str
        market, or synthetic or recorded where a loopback exchange made or replayed them.
    pairs : tuple[PairNow, ...]
        In the order of the whitelist.
    next_window : datetime or None
        When entries are allowed again by windows and blackouts; None where they are, or never will be.
    account : AccountNow or None
        None where there is none, as on candles, or where it can't be read.
    health : HealthNow or None
        None where no bot runs.
    schema : int
        `SCHEMA` of what wrote it.
    """

    written_at: datetime
    bot: str
    strategy: str
    state: str
    mode: str
    prices: str
    pairs: tuple[PairNow, ...]
    next_window: datetime | None = None
    account: AccountNow | None = None
    health: HealthNow | None = None
    schema: int = SCHEMA


def to_record(value: Any) -> Any:
    """Return data as JSON knows it: times as text, and None for a number that is not known."""
    if is_dataclass(value):
        return {one.name: to_record(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_record(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_record(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def from_record(kind: type[T], record: Mapping[str, Any]) -> T:
    """Make data from the record of `to_record`.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is something else.
    """
    hints = get_type_hints(kind)
    known = {one.name: _read(hints[one.name], record[one.name]) for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**known)


def _read(kind: Any, value: Any) -> Any:
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        return _read(next(one for one in get_args(kind) if one is not NoneType), value)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in value)
    if kind is float:
        return math.nan if value is None else float(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return from_record(kind, value) if isinstance(kind, type) and is_dataclass(kind) else value
