"""Messages about a trade: its entry, and what closed it or a part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from ict.candles import Direction
from ict.words.formatting import (
    amount_text,
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
from ict.words.languages import WORDS, Language


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
    return {} if at is None else {"late_at": utc_text(at)}
