"""Messages about a trade: its entry, at the market or in a zone, and what closed it or a part of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from ict.direction import Direction
from ict.words.formatting import (
    amount_text,
    count_text,
    duration_words,
    known_word,
    level_text,
    message_text,
    number_text,
    or_nan,
    percent_text,
    plain_text,
    price_text,
    ratio,
    side_word,
    signed_usdt_text,
    tag_words,
    usdt_text,
    utc_text,
)
from ict.words.languages import WORDS, Language, Words

# Why a resting entry is cancelled (LIM-2).
TakenBack = Literal[
    "zone_ended", "out_of_time", "facts", "nearer", "limit", "no_target", "part_filled", "hangs", "differs",
    "no_candles", "unjudged", "by_freqtrade",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFacts:
    """The zone that an entry comes from, `kind` one of `ENTRY_ZONES`.

    Prices are in the quote currency; `touches` is None where they do not count (ZONE-1).
    """

    kind: str
    bottom_price: float
    top_price: float
    timeframe: str
    age_candles: int
    touches: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFacts:
    """Why there is an entry, and the how manieth of the UTC day it is.

    `zone` is None for an entry by an event; `trends` are directions by timeframe, the shortest first.
    """

    zone: ZoneFacts | None
    trends: tuple[tuple[str, int], ...]
    entries_today: int
    max_entries: int

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what `asdict` wrote, also by way of JSON."""
        zone, trends = record["zone"], tuple((name, way) for name, way in record["trends"])
        return cls(**{**record, "zone": ZoneFacts(**zone) if zone else None, "trends": trends})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """An entry: a position whose entry has filled, or an order that rests.

    Prices are in the quote currency, `price_step` is the pair's least price step, `amount_base` the
    amount, `equity_usdt` the realised equity, `fee` that of one side, ratio of the notional; `tag`
    is the entry's, such as ``ob+htf``. None or NaN where something is not known; a `target_price` of None
    means that there is none, a `part_price` of None that no part is closed at a pool before it (EXIT-5).
    `late_at` is when it happened, where the message comes late.
    """

    pair: str
    side: Direction
    entry_price: float
    stop_price: float | None
    target_price: float | None
    price_step: float | None
    amount_base: float
    leverage: float
    equity_usdt: float | None
    tag: str | None
    score_points: float | None
    most_points: float | None
    setup: SetupFacts | None = None
    late_at: datetime | None = None
    fee: float = 0.0
    part_price: float | None = None

    @property
    def risk_usdt(self) -> float:
        """Loss at the stop, the fees of both sides included (RISK-1)."""
        stop = or_nan(self.stop_price)
        fees = self.fee * (self.entry_price + stop)
        return self.amount_base * (abs(self.entry_price - stop) + fees)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBackFacts:
    """A resting entry that was cancelled before it filled."""

    pair: str
    side: Direction
    price: float
    price_step: float | None
    reason: TakenBack


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedFacts:
    """A position that was closed, or a part of it.

    `profit_usdt` and `profit_percent` (of the margin; None is left out) are net. `fees_usdt` of both sides
    and `funding_usdt` are the parts of it that were paid (below 0) or received; None is left out.
    `risk_usdt` is what the entry's stop would have lost; `day_profit_usdt` is the realised total of the
    exit's UTC day with this trade; `late_at` is when it happened, where the message comes late.
    """

    pair: str
    side: Direction
    entry_price: float
    exit_price: float
    price_step: float | None
    amount_base: float
    profit_usdt: float
    profit_percent: float | None
    risk_usdt: float | None
    reason: str | None
    open_for: timedelta
    day_profit_usdt: float | None
    fees_usdt: float | None = None
    funding_usdt: float | None = None
    is_partial: bool = False
    late_at: datetime | None = None


def opened_message(facts: EntryFacts, language: Language) -> str:
    """Say that a position was opened."""
    return _entry("opened", facts, WORDS[language])


def placed_message(facts: EntryFacts, language: Language) -> str:
    """Say that an entry rests in a zone (LIM-1)."""
    return _entry("placed", facts, WORDS[language])


def _entry(headline: str, facts: EntryFacts, words: Words) -> str:
    entry, step, risk = facts.entry_price, facts.price_step, facts.risk_usdt
    target = (
        words["none"] if facts.target_price is None else level_text(facts.target_price, entry, step, words)
    )
    share = percent_text(ratio(risk, or_nan(facts.equity_usdt)) * 100, words)
    notional = usdt_text(facts.amount_base * entry, words)
    values = {
        "pair": plain_text(facts.pair, words),
        "side": f"{side_word(facts.side, words)} {number_text(facts.leverage, '.4g', words)}x",
        "entry": price_text(entry, step, words),
        "size": f"{amount_text(facts.amount_base, facts.pair, words)} ({notional})",
        "stop": level_text(or_nan(facts.stop_price), entry, step, words),
        **_first_target(facts, words),
        "target": target,
        "risk": f"{usdt_text(risk, words)} ({words['of_equity'].format(share)})",
        "pattern": tag_words(facts.tag, words),
        "score": _score(facts, words),
    }
    return message_text(words[headline], values | _setup(facts, words) | _late_value(facts.late_at), words)


def _first_target(facts: EntryFacts, words: Words) -> dict[str, str]:
    if facts.part_price is None:
        return {}
    return {"first_target": level_text(facts.part_price, facts.entry_price, facts.price_step, words)}


def _score(facts: EntryFacts, words: Words) -> str:
    # Records of an older release don't have the most points.
    most = f" / {facts.most_points:g}" if math.isfinite(or_nan(facts.most_points)) else ""
    return f"{number_text(facts.score_points, '.1f', words)}{most}"


def _setup(facts: EntryFacts, words: Words) -> dict[str, str]:
    """Say of what zone an entry is, which way the trends go, and the day's count."""
    setup = facts.setup
    if setup is None:
        return {}
    values = {"zone": _zone(setup.zone, facts.price_step, words)} if setup.zone else {}
    if setup.trends:
        values["trends"] = ", ".join(f"{name} {_trend(way, words)}" for name, way in setup.trends)
    return values | {"entries_today": f"{setup.entries_today} / {setup.max_entries}"}


def _zone(zone: ZoneFacts, step: float | None, words: Words) -> str:
    edges = f"{price_text(zone.bottom_price, step, words)} - {price_text(zone.top_price, step, words)}"
    kind, timeframe = known_word(zone.kind, words), plain_text(zone.timeframe, words)
    touches = "" if zone.touches is None else f", {count_text('touch', zone.touches, words)}"
    return f"{kind} {edges}, {timeframe}, {count_text('candle', zone.age_candles, words)}{touches}"


def _trend(direction: int, words: Words) -> str:
    return words["up" if direction > 0 else "down" if direction < 0 else "flat"]


def taken_back_message(facts: TakenBackFacts, language: Language) -> str:
    """Say that a resting entry was cancelled, and why (LIM-2)."""
    words = WORDS[language]
    values = {
        "pair": plain_text(facts.pair, words),
        "side": side_word(facts.side, words),
        "entry": price_text(facts.price, facts.price_step, words),
        "why": words[f"back_{facts.reason}"],
    }
    return message_text(words["taken_back"], values, words)


def closed_message(facts: ClosedFacts, language: Language) -> str:
    """Say that a position, or a part of it, was closed."""
    words, step = WORDS[language], facts.price_step
    percent = "" if facts.profit_percent is None else number_text(facts.profit_percent, "+z,.2f", words, "%")
    in_r = ratio(facts.profit_usdt, or_nan(facts.risk_usdt))
    costs = {"fees": facts.fees_usdt, "funding": facts.funding_usdt}
    values = {
        "pair": plain_text(facts.pair, words),
        "side": side_word(facts.side, words),
        "entry": price_text(facts.entry_price, step, words),
        "exit": price_text(facts.exit_price, step, words),
        "size": amount_text(facts.amount_base, facts.pair, words),
        "profit": f"{signed_usdt_text(facts.profit_usdt, words)}{percent and f' ({percent})'}",
        **{name: signed_usdt_text(cost, words) for name, cost in costs.items() if cost is not None},
        "multiple": number_text(in_r, "+z,.2f", words, "R"),
        "reason": known_word(facts.reason, words),
        "duration": duration_words(facts.open_for, words),
        "day": signed_usdt_text(facts.day_profit_usdt, words),
    }
    headline = words["part_closed" if facts.is_partial else "closed"]
    return message_text(headline, values | _late_value(facts.late_at), words)


def _late_value(at: datetime | None) -> dict[str, str]:
    return {} if at is None else {"late_at": utc_text(at)}
