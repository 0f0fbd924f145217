"""Messages about what exchange and book do not agree on (BOOK-1)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ict.words.formatting import (
    LIMIT_CHARACTERS,
    amount_text,
    message_text,
    or_nan,
    plain_text,
    price_text,
)
from ict.words.languages import WORDS, Language, Words

_DETAIL_CHARACTERS = 300

Finding = Literal[
    "position_without_trade", "trade_without_position", "sizes_differ", "no_resting_stop",
    "order_without_trade", "two_stops", "hedge_mode", "cross_mode", "lookup_failed", "stop_unseen",
    "stop_overdue", "intent_unclear", "clock_jumped", "funding_unknown", "funding_late", "agree_again",
]  # fmt: skip
Action = Literal[
    "pair_stopped", "all_stopped", "entries_resume", "stop_placed", "order_cancelled", "position_closed",
    "close_recorded", "price_watched", "asks_again", "asks_later", "changed_nothing",
]  # fmt: skip
Advice = Literal[
    "close_or_protect", "check_history", "compare_sizes", "place_stop", "cancel_order", "set_one_way",
    "set_isolated", "check_connection", "look_for_stop", "check_stop", "wait", "set_clock", "wait_for_it",
    "nothing",
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
        "stop_overdue": "check_stop",
        "intent_unclear": "wait",
        "clock_jumped": "set_clock",
        "funding_unknown": "wait_for_it",
        "funding_late": "nothing",
        "agree_again": "nothing",
    }
)


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
