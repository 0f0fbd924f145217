"""What the strategy tells its trader, in English or Korean, through Freqtrade's own messages.

A text is lines of "label: value", never empty, at most `figures.LIMIT_CHARACTERS` long; what is not known is
said in words. Marks that Discord and Telegram would read as formatting carry a backslash: Telegram
refuses a text with a lone underscore.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, get_args

from ict.candles import Direction
from ict.desk.figures import (
    LIMIT_CHARACTERS,
    amount_text,
    duration_words,
    joined_lines,
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
)
from ict.desk.limits.facts import Cause
from ict.desk.words import WORDS, Language, Words
from ict.errors import ParameterError

SETTINGS_KEY = "ict_messages"
PatternKind = Literal["order_block", "gap", "bos", "choch", "sweep"]
_REASON_CHARACTERS = 600
_DETAIL_CHARACTERS = 300

Finding = Literal[
    "position_without_trade", "trade_without_position", "sizes_differ", "no_resting_stop",
    "order_without_trade", "two_stops", "hedge_mode", "cross_mode", "lookup_failed", "stop_unseen",
    "intent_unclear", "clock_jumped", "agree_again",
]  # fmt: skip
Action = Literal[
    "pair_stopped", "all_stopped", "entries_resume", "stop_placed", "order_cancelled", "position_closed",
    "close_recorded", "price_watched", "asks_again", "changed_nothing",
]  # fmt: skip
Advice = Literal[
    "close_or_protect", "check_history", "compare_sizes", "place_stop", "cancel_order", "set_one_way",
    "set_isolated", "check_connection", "look_for_stop", "wait", "set_clock", "nothing",
]  # fmt: skip
# What a trader should do about a finding where nothing better is known.
USUAL_ADVICE: Mapping[Finding, Advice] = MappingProxyType(
    {
        "position_without_trade": "close_or_protect",
        "trade_without_position": "check_history",
        "sizes_differ": "compare_sizes",
        "no_resting_stop": "place_stop",
        "order_without_trade": "cancel_order",
        "two_stops": "cancel_order",
        "hedge_mode": "set_one_way",
        "cross_mode": "set_isolated",
        "lookup_failed": "check_connection",
        "stop_unseen": "look_for_stop",
        "intent_unclear": "wait",
        "clock_jumped": "set_clock",
        "agree_again": "nothing",
    }
)


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """The `ict_messages` block: the language, and whether patterns are reported (off by default)."""

    language: Language = "en"
    patterns: bool = False

    @classmethod
    def parse(cls, block: object) -> MessageSettings:
        """Make settings from a block of the configuration; None gives the defaults.

        Raises
        ------
        ParameterError
            When the block, a name or a value is not as it must be.
        """
        given: Any = {} if block is None else block
        if not isinstance(given, Mapping):
            raise ParameterError(f"{SETTINGS_KEY} must be a block with language and patterns, was {given!r}")
        for name in given:
            if name not in cls.__slots__:
                raise ParameterError(f"{SETTINGS_KEY}.{name} is not a setting; known are: language, patterns")
        settings = cls(**given)
        if settings.language not in get_args(Language):
            allowed = ", ".join(get_args(Language))
            raise ParameterError(
                f"{SETTINGS_KEY}.language must be one of {allowed}, was {settings.language!r}"
            )
        if not isinstance(settings.patterns, bool):
            raise ParameterError(f"{SETTINGS_KEY}.patterns must be true or false, was {settings.patterns!r}")
        return settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFacts:
    """A position whose entry has filled.

    Prices are in the quote currency, `price_step` is the pair's least price step, `amount_base` the
    filled amount, `equity_usdt` the realised equity, `fee` that of one side, ratio of the notional; `tag`
    is the entry's, such as ``ob+htf``. None or NaN where something is not known; a `target_price` of None
    means that there is none. `late_at` is when it happened, where the message comes late.
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
    late_at: datetime | None = None
    fee: float = 0.0

    @property
    def risk_usdt(self) -> float:
        """Loss at the stop, the fees of both sides included (RISK-1)."""
        stop = or_nan(self.stop_price)
        fees = self.fee * (self.entry_price + stop)
        return self.amount_base * (abs(self.entry_price - stop) + fees)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedFacts:
    """A position that was closed, or a part of it.

    `profit_usdt` and `profit_percent` (of the margin; None is left out) are net; `risk_usdt` is what
    the entry's stop would have lost; `day_profit_usdt` is the realised total of the exit's UTC day with
    this trade; `late_at` is when it happened, where the message comes late.
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
    is_partial: bool = False
    late_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFacts:
    """An entry that was not made, and why, as the strategy's own errors say it."""

    pair: str
    side: Direction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """A step that failed (size, limits, levels or another word) and its error; secrets removed."""

    pair: str | None
    step: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFacts:
    """What the exchange holds and the bot's trades do not agree on, and what is done about it.

    `pair` is None where it is the whole account. `held` is the position on the exchange and `booked`
    that of the bot's trades, in the base currency, below zero for a short; `stop_price` the trade's own
    stop, `order` an order's id, `detail` an error or another figure of the finding in words, without
    secrets. None where something is not known. Without an `advice` it is the finding's usual one.
    """

    pair: str | None
    finding: Finding
    action: tuple[Action, ...]
    advice: Advice | None = None
    held: float | None = None
    booked: float | None = None
    stop_price: float | None = None
    price_step: float | None = None
    order: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCapFacts:
    """The UTC day's caps (RISK-2), one of them reached, and when entries are allowed again.

    `day_lowest_usdt` is the lowest that the day's realised profit has been, which the cap goes by.
    """

    entries: int
    max_entries: int
    day_profit_usdt: float
    day_lowest_usdt: float
    day_start_equity_usdt: float
    max_loss_percent: float
    resumes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFacts:
    """A limit of the account that is reached (RISK-3 to RISK-7), and when entries are allowed again.

    `value` is what it goes by and `allowed` what is allowed: percent, for a losing streak trades, for the
    cost R. `resumes_at` is None where that is not a matter of time. Of open risk and cost `pair` is the
    entry's; of the cost also its prices in the quote currency, and the fees of its entry and exit, ratios
    of the notional.
    """

    limit: Cause
    pair: str
    value: float
    allowed: float
    resumes_at: datetime | None
    entry_price: float
    stop_price: float
    fees: tuple[float, float]


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


def opened_message(facts: OpenedFacts, language: Language) -> str:
    """Say that a position was opened."""
    words, step = WORDS[language], facts.price_step
    entry, risk = facts.entry_price, facts.risk_usdt
    target = (
        words["none"] if facts.target_price is None else level_text(facts.target_price, entry, step, words)
    )
    share = percent_text(ratio(risk, or_nan(facts.equity_usdt)) * 100, words)
    notional = usdt_text(facts.amount_base * entry, words)
    score = number_text(facts.score_points, ".1f", words)
    # Records of an older release don't have it.
    most = f" / {facts.most_points:g}" if math.isfinite(or_nan(facts.most_points)) else ""
    values = {
        "pair": plain_text(facts.pair, words),
        "side": f"{side_word(facts.side, words)} {number_text(facts.leverage, '.4g', words)}x",
        "entry": price_text(entry, step, words),
        "size": f"{amount_text(facts.amount_base, facts.pair, words)} ({notional})",
        "stop": level_text(or_nan(facts.stop_price), entry, step, words),
        "target": target,
        "risk": f"{usdt_text(risk, words)} ({words['of_equity'].format(share)})",
        "pattern": tag_words(facts.tag, words),
        "score": f"{score}{most}",
    }
    return message_text(words["opened"], values | _late_value(facts.late_at), words)


def closed_message(facts: ClosedFacts, language: Language) -> str:
    """Say that a position, or a part of it, was closed."""
    words, step = WORDS[language], facts.price_step
    percent = "" if facts.profit_percent is None else number_text(facts.profit_percent, "+z,.2f", words, "%")
    in_r = ratio(facts.profit_usdt, or_nan(facts.risk_usdt))
    values = {
        "pair": plain_text(facts.pair, words),
        "side": side_word(facts.side, words),
        "entry": price_text(facts.entry_price, step, words),
        "exit": price_text(facts.exit_price, step, words),
        "size": amount_text(facts.amount_base, facts.pair, words),
        "profit": f"{signed_usdt_text(facts.profit_usdt, words)}{percent and f' ({percent})'}",
        "multiple": number_text(in_r, "+z,.2f", words, "R"),
        "reason": known_word(facts.reason, words),
        "duration": duration_words(facts.open_for, words),
        "day": signed_usdt_text(facts.day_profit_usdt, words),
    }
    headline = words["part_closed" if facts.is_partial else "closed"]
    return message_text(headline, values | _late_value(facts.late_at), words)


def _late_value(at: datetime | None) -> dict[str, str]:
    return {} if at is None else {"late_at": _utc_text(at)}


def _utc_text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def refusal_message(facts: RefusalFacts, language: Language) -> str:
    """Say that an entry was refused."""
    words = WORDS[language]
    values = {
        "pair": plain_text(facts.pair, words),
        "side": side_word(facts.side, words),
        "why": plain_text(facts.reason, words, _REASON_CHARACTERS),
    }
    return message_text(words["refused"], values, words)


def error_message(facts: ErrorFacts, language: Language) -> str:
    """Say that something went wrong, and where."""
    words = WORDS[language]
    of_pair = {"pair": plain_text(facts.pair, words)} if facts.pair else {}
    values = of_pair | {
        "step": known_word(facts.step, words),
        "error": plain_text(facts.error, words, _REASON_CHARACTERS),
    }
    return message_text(words["failed"], values, words)


def finding_message(facts: FindingFacts, language: Language) -> str:
    """Say where exchange and book differ, what it means, what the bot does and what to do."""
    words = WORDS[language]
    known = _of_finding(facts, words)

    def said(name: str) -> str:
        return plain_text(words[name], words, LIMIT_CHARACTERS).format(**known)

    of_pair = {"pair": plain_text(facts.pair, words)} if facts.pair else {}
    values = of_pair | {
        "found": said(f"means_{facts.finding}"),
        "does": "; ".join(said(f"does_{action}") for action in facts.action or ("changed_nothing",)),
        "advice": said(f"do_{facts.advice or USUAL_ADVICE[facts.finding]}"),
    }
    return message_text(words[f"finding_{facts.finding}"], values, words)


def _of_finding(facts: FindingFacts, words: Words) -> dict[str, str]:
    return {
        "held": _position_text(facts.held, facts.pair, words),
        "booked": _position_text(facts.booked, facts.pair, words),
        "stop": price_text(or_nan(facts.stop_price), facts.price_step, words),
        "order": plain_text(facts.order, words),
        "detail": plain_text(facts.detail, words, _DETAIL_CHARACTERS),
    }


def _position_text(amount: float | None, pair: str | None, words: Words) -> str:
    if amount is None or not math.isfinite(amount):
        return words["unknown"]
    if amount == 0:
        return words["none"]
    word = words["long_position" if amount > 0 else "short_position"]
    return word.format(amount_text(abs(amount), pair or "", words))


def day_cap_message(facts: DayCapFacts, language: Language) -> str:
    """Say that the UTC day's caps end its entries (RISK-2)."""
    words = WORDS[language]
    lost = max(-ratio(facts.day_lowest_usdt, facts.day_start_equity_usdt) * 100, 0.0)
    values = {
        "entries": f"{facts.entries} / {facts.max_entries}",
        "day": signed_usdt_text(facts.day_profit_usdt, words),
        "loss": f"{percent_text(lost, words)} / {percent_text(facts.max_loss_percent, words)}",
        "resumes": _utc_text(facts.resumes_at),
    }
    return message_text(words["day_cap"], values, words)


def limit_message(facts: LimitFacts, language: Language) -> str:
    """Say that a limit of the account forbids entries (RISK-3 to RISK-7)."""
    words, values = WORDS[language], dict[str, str]()
    if facts.limit in ("open_risk", "cost"):
        values["pair"] = plain_text(facts.pair, words)
    if facts.limit == "cost":
        values["fees"] = " + ".join(number_text(fee * 100, "z,.4g", words, "%") for fee in facts.fees)
        values["stop"] = level_text(facts.stop_price, facts.entry_price, None, words)
    values[f"limit_of_{facts.limit}"] = " / ".join(
        _of_limit(number, facts.limit, words) for number in (facts.value, facts.allowed)
    )
    if facts.resumes_at is not None:
        values["resumes"] = _utc_text(facts.resumes_at)
    return message_text(words[f"limit_{facts.limit}"], values, words)


def _of_limit(number: float, limit: Cause, words: Words) -> str:
    if limit == "losing_streak":
        return number_text(number, "g", words)
    return number_text(number, ".2f", words, "R") if limit == "cost" else percent_text(number, words)


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
