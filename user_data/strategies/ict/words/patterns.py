"""Messages about what a candle made known."""

import math
from dataclasses import dataclass
from typing import Literal

from ict.direction import Direction
from ict.words.formatting import (
    joined_lines,
    plain_text,
    price_text,
)
from ict.words.languages import WORDS, Language, Words

PatternKind = Literal["order_block", "gap", "bos", "choch", "sweep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One thing that became known at a candle; prices are those of a zone's edges, or None."""

    kind: PatternKind
    direction: Direction
    bottom_price: float | None = None
    top_price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFacts:
    """Everything that became known on a pair at one candle, for one message."""

    pair: str
    timeframe: str
    price_step: float | None
    patterns: tuple[Pattern, ...]


def pattern_message(facts: PatternFacts, language: Language) -> str:
    """Say what a candle made known, one line a pattern."""
    words = WORDS[language]
    head = f"{words['patterns']}: {plain_text(facts.pair, words)} {plain_text(facts.timeframe, words)}"
    lines = [_pattern(pattern, facts.price_step, words) for pattern in facts.patterns]
    return joined_lines([head, *(lines or [words["none"]])])


def _pattern(pattern: Pattern, step: float | None, words: Words) -> str:
    name = f"{words['bullish' if pattern.direction > 0 else 'bearish']} {words[pattern.kind]}"
    known = [price for price in (pattern.bottom_price, pattern.top_price) if price is not None]
    prices = " - ".join(price_text(price, step, words) for price in known if math.isfinite(price))
    return f"{name}: {prices}" if prices else name
