"""How the messages say a number, a time or a foreign word: in one spelling, whatever the value is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ict.direction import Direction
from ict.words.languages import Words

LIMIT_CHARACTERS = 1024  # of a Discord field
_NAME_CHARACTERS = 80
_LARGEST_WRITTEN_OUT = 1e15


def message_text(headline: str, values: Mapping[str, str], words: Words) -> str:
    """Put a headline and labelled lines together."""
    return joined_lines([headline, *(f"{words[label]}: {value}" for label, value in values.items())])


def joined_lines(lines: Iterable[str]) -> str:
    """Join lines into a text that fits a Discord field."""
    return shortened("\n".join(lines), LIMIT_CHARACTERS)


def shortened(text: str, limit: int) -> str:
    """Shorten a text, never in the middle of an escape."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 3]
    # Half an escape would turn the next mark into a backslash of its own.
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept[: len(kept) - backslashes % 2] + "..."


def plain_text(text: str | None, words: Words, limit: int = _NAME_CHARACTERS) -> str:
    """Make one line of foreign text, its formatting marks escaped for Discord and Telegram."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text or "")
    escaped = "".join(f"\\{letter}" if letter in "_*`[" else letter for letter in " ".join(printable.split()))
    return shortened(escaped, limit) or words["unknown"]


def known_word(word: str | None, words: Words) -> str:
    """Translate a word where it is known."""
    return words[f"is_{word}"] if f"is_{word}" in words else plain_text(word, words)


def tag_words(tag: str | None, words: Words) -> str:
    """Say which patterns an entry's tag names."""
    return " + ".join(known_word(part, words) for part in tag.split("+")[:10]) if tag else words["unknown"]


def side_word(side: Direction, words: Words) -> str:
    """Say long or short."""
    return words["long" if side > 0 else "short"]


def pool_name(kind: str, side: Direction, words: Words) -> str:
    """Name a pool of liquidity above the price (+1) or below it (-1), such as daily high or equal lows."""
    where = "above" if side > 0 else "below"
    own = words.get(f"pool_{kind}_{where}")
    return own or f"{words.get(f'pool_{kind}', kind)} {words[f'now_{where}']}"


def prices_said(prices: str, words: Words) -> list[str]:
    """Say that prices are not a market's own, or nothing."""
    named = f"prices_{prices}"
    return [words[named]] if named in words else []


def or_nan(value: float | None) -> float:
    """Spell absence as NaN."""
    return math.nan if value is None else value


def ratio(part: float, whole: float) -> float:
    """Divide; NaN where the whole is not a finite number above zero."""
    return part / whole if math.isfinite(whole) and whole > 0 else math.nan


def number_text(value: float | None, spec: str, words: Words, unit: str = "") -> str:
    """Format a number, or say that it is not known."""
    if value is None or not math.isfinite(value):
        return words["unknown"]
    return format(value, spec if abs(value) < _LARGEST_WRITTEN_OUT else ".6g") + unit


def percent_text(value: float | None, words: Words) -> str:
    """Format a percentage."""
    return number_text(value, "z,.2f", words, "%")


def usdt_text(value: float | None, words: Words) -> str:
    """Format an amount of USDT."""
    return number_text(value, "z,.2f", words, " USDT")


def signed_usdt_text(value: float | None, words: Words) -> str:
    """Format a gain or a loss in USDT, with its sign."""
    return number_text(value, "+z,.2f", words, " USDT")


def price_text(price: float, step: float | None, words: Words) -> str:
    """Format a price with the decimals of the pair's least price step."""
    if step is None or not (math.isfinite(step) and step > 0):
        return _trimmed(number_text(price, "z,.8f", words))
    exponent = Decimal(str(step)).normalize().as_tuple().exponent
    return number_text(price, f"z,.{min(max(-int(exponent), 0), 12)}f", words)


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number and "e" not in number else number


def level_text(price: float, entry: float, step: float | None, words: Words) -> str:
    """Show a price and how far it is from the entry."""
    away = number_text(ratio(price - entry, entry) * 100, "+z,.2f", words, "%")
    return f"{price_text(price, step, words)} ({away})" if math.isfinite(price) else words["unknown"]


def amount_text(amount: float, pair: str, words: Words) -> str:
    """Format an amount of the pair's base currency."""
    return f"{_trimmed(number_text(amount, 'z,.8f', words))} {plain_text(pair.split('/')[0], words)}"


def count_text(of: str, count: int, words: Words) -> str:
    """Count things, one of them by its singular."""
    return words[f"{of}_count{'s' * (count != 1)}"].format(count)


def duration_words(duration: timedelta, words: Words) -> str:
    """Say a duration by its two largest units."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    counts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    said = [count_text(name, count, words) for name, count in counts.items() if count]
    return " ".join(said[:2]) or words["moment"]


def utc_text(at: datetime) -> str:
    """Write a moment in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
