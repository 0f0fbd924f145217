"""Alerts: what the newest closed candle of a pair shows, for a person who trades manually."""

import math
from dataclasses import dataclass
from datetime import datetime

from ict.direction import Direction
from ict.words.formatting import (
    joined_lines,
    known_word,
    level_text,
    number_text,
    or_nan,
    plain_text,
    pool_name,
    price_text,
    side_word,
    tag_words,
    utc_text,
)
from ict.words.languages import WORDS, Language, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAlert:
    """An entry that the settings want; `entry_price` is the close, or the price at which it would rest.

    `part_price` is the pool at which a part would be closed first, None for none (EXIT-5).
    """

    side: Direction
    entry_price: float
    stop_price: float
    target_price: float | None
    score_points: float
    tag: str | None
    part_price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAlert:
    """A close in a zone; edges are NaN where only that it is inside is known."""

    kind: str
    direction: Direction
    timeframe: str
    bottom_price: float = math.nan
    top_price: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepAlert:
    """Liquidity above (+1) or below (-1) the market that was swept, and what it was."""

    side: Direction
    timeframe: str
    pools: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAlert:
    """A break of structure: bos, choch, mss or cisd."""

    kind: str
    direction: Direction
    timeframe: str


Alert = SignalAlert | ZoneAlert | SweepAlert | BreakAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """All alerts of one pair at one candle; `link` is a page with its chart, empty for none."""

    pair: str
    timeframe: str
    candle_closed_at: datetime
    close_price: float
    price_step: float | None
    alerts: tuple[Alert, ...]
    link: str = ""


def alert_message(facts: AlertFacts, language: Language) -> str:
    """List what a candle shows, one per line."""
    words, step = WORDS[language], facts.price_step
    pair, timeframe = plain_text(facts.pair, words), plain_text(facts.timeframe, words)
    lines = [
        f"{words['alert']}: {pair} {timeframe}",
        f"{words['alert_close']}: {price_text(facts.close_price, step, words)} "
        f"({utc_text(facts.candle_closed_at)})",
        *(_line(alert, step, words) for alert in facts.alerts),
    ]
    return joined_lines([*lines, *([f"{words['alert_link']}: {facts.link}"] if facts.link else [])])


def _line(alert: Alert, step: float | None, words: Words) -> str:
    if isinstance(alert, SignalAlert):
        return _signal(alert, step, words)
    timeframe = plain_text(alert.timeframe, words)
    if isinstance(alert, SweepAlert):
        pools = ", ".join(pool_name(pool, alert.side, words) for pool in alert.pools)
        return f"{words['sell_side_swept' if alert.side < 0 else 'buy_side_swept']}: {pools}, {timeframe}"
    side = words["bullish" if alert.direction > 0 else "bearish"]
    if isinstance(alert, BreakAlert):
        name = words[alert.kind] if alert.kind in words else known_word(alert.kind, words)
        return f"{side} {name}, {timeframe}"
    zone = f"{words['in_zone']}: {side} {known_word(alert.kind, words)}"
    if not (math.isfinite(alert.bottom_price) and math.isfinite(alert.top_price)):
        return f"{zone}, {timeframe}"
    edges = (price_text(edge, step, words) for edge in (alert.bottom_price, alert.top_price))
    return f"{zone} {' - '.join(edges)}, {timeframe}"


def _signal(alert: SignalAlert, step: float | None, words: Words) -> str:
    entry = alert.entry_price
    stop = level_text(alert.stop_price, entry, step, words)
    target = words["none"]
    if alert.target_price is not None:
        target = level_text(or_nan(alert.target_price), entry, step, words)
    if alert.part_price is not None:
        target += f", {words['first_target'].lower()}: {level_text(alert.part_price, entry, step, words)}"
    score = number_text(alert.score_points, ".1f", words)
    return (
        f"{words['signal']}: {side_word(alert.side, words)} @ {price_text(entry, step, words)}, "
        f"{words['stop'].lower()} {stop}, {words['target'].lower()} {target}, "
        f"{words['score'].lower()} {score}, {tag_words(alert.tag, words)}"
    )
