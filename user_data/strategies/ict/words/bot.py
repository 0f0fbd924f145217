"""Messages about the bot itself: that it runs and with what, that it stopped, and what a day brought."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ict.desk.safety import Money
from ict.direction import Direction
from ict.words.formatting import (
    amount_text,
    joined_lines,
    message_text,
    number_text,
    percent_text,
    plain_text,
    price_text,
    prices_said,
    side_word,
    signed_usdt_text,
    usdt_text,
)
from ict.words.languages import WORDS, Language, Words

State = Literal["running", "paused"]
StopCause = Literal["signal", "command", "error"]
# Whether a position's stop would close it without the bot.
StopPlace = Literal["rests", "missing", "simulated"]
_MOST_PAIRS = 8
_DETAIL_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFacts:
    """An open position or a resting entry; `stop_place` is None for an entry that has not filled."""

    pair: str
    side: Direction
    amount_base: float
    entry_price: float
    stop_price: float | None
    price_step: float | None
    stop_place: StopPlace | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedFacts:
    """What runs, on which market and with which risk, and what is open.

    Percentages are of the equity; `host` is the address that the exchange is asked at, `prices` what its
    prices are, one of `PRICES`; `entry_at` is that of the settings, or alerts where nothing is entered.
    """

    state: State
    strategy: str
    version: str
    market: Money
    host: str
    prices: str
    pairs: tuple[str, ...]
    timeframe: str
    entry_at: str
    equity_usdt: float | None
    risk_percent: float
    max_daily_loss_percent: float
    max_daily_trades: int
    max_open_trades: float
    leverage: float
    open: tuple[OpenFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedFacts:
    """Why the bot stopped, what stays open and where its stop rests; `error` is without secrets."""

    strategy: str
    cause: StopCause
    error: str | None = None
    open: tuple[OpenFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFacts:
    """What a UTC day brought.

    `profit_usdt` is net; `fees_usdt` and `funding_usdt` are the parts of it that were paid (below 0) or
    received. `multiple_r` is the sum of the closed trades' R, None where one is not known.
    """

    day: date
    entries: int
    max_entries: int
    won: int
    lost: int
    profit_usdt: float
    fees_usdt: float
    funding_usdt: float
    multiple_r: float | None
    equity_usdt: float | None
    open: tuple[OpenFacts, ...] = ()


def started_message(facts: StartedFacts, language: Language) -> str:
    """Say what runs, on which market, with which risk, and what is open."""
    words = WORDS[language]
    caps = words["caps"].format(
        loss=percent_text(facts.max_daily_loss_percent, words), entries=facts.max_daily_trades
    )
    values = {
        "strategy": plain_text(f"{facts.strategy} {facts.version}", words),
        "market": _market(facts, words),
        "pairs": _pairs(facts.pairs, words),
        "timeframe": plain_text(facts.timeframe, words),
        "entries_are": words[f"at_{facts.entry_at}"],
        "equity": usdt_text(facts.equity_usdt, words),
        "risk": words["risk_of_a_trade"].format(percent_text(facts.risk_percent, words)),
        "limits": f"{caps}, {words['leverage'].format(number_text(facts.leverage, '.4g', words))}, "
        f"{words['positions'].format(_most(facts.max_open_trades, words))}",
    }
    return joined_lines([message_text(words[facts.state], values, words), *_open(facts.open, words)])


def stopped_message(facts: StoppedFacts, language: Language) -> str:
    """Say that the bot stopped, what stays open and where its stop rests."""
    words = WORDS[language]
    why = words[f"stopped_{facts.cause}"]
    detail = f": {plain_text(facts.error, words, _DETAIL_CHARACTERS)}" if facts.error else ""
    values = {"strategy": plain_text(facts.strategy, words), "why": f"{why}{detail}"}
    return joined_lines([message_text(words["stopped"], values, words), *_open(facts.open, words)])


def summary_message(facts: SummaryFacts, language: Language) -> str:
    """Say what a UTC day brought."""
    words = WORDS[language]
    values = {
        "entries": f"{facts.entries} / {facts.max_entries}",
        "trades": words["won_lost"].format(won=facts.won, lost=facts.lost),
        "profit": signed_usdt_text(facts.profit_usdt, words),
        "fees": signed_usdt_text(facts.fees_usdt, words),
        "funding": signed_usdt_text(facts.funding_usdt, words),
        "multiple": number_text(facts.multiple_r, "+z,.2f", words, "R"),
        "equity": usdt_text(facts.equity_usdt, words),
    }
    headline = words["summary"].format(facts.day.isoformat())
    return joined_lines([message_text(headline, values, words), *_open(facts.open, words)])


def _market(facts: StartedFacts, words: Words) -> str:
    place = ", ".join([plain_text(facts.host, words), *prices_said(facts.prices, words)])
    return f"{words[facts.market]} ({place})"


def _most(count: float, words: Words) -> str:
    return number_text(count, "g", words) if math.isfinite(count) else words["unlimited"]


def _pairs(pairs: tuple[str, ...], words: Words) -> str:
    named = ", ".join(plain_text(pair, words) for pair in pairs[:_MOST_PAIRS])
    more = len(pairs) - _MOST_PAIRS
    return words["and_more"].format(named, more) if more > 0 else named or words["none"]


def _open(positions: tuple[OpenFacts, ...], words: Words) -> list[str]:
    """List what is open, one per line."""
    if not positions:
        return [f"{words['open']}: {words['none']}"]
    return [f"{words['open']}: {_position(position, words)}" for position in positions]


def _position(facts: OpenFacts, words: Words) -> str:
    size = amount_text(facts.amount_base, facts.pair, words)
    entry = price_text(facts.entry_price, facts.price_step, words)
    head = f"{plain_text(facts.pair, words)} {side_word(facts.side, words)} {size} @ {entry}"
    if facts.stop_place is None:
        return f"{head}, {words['entry_rests']}"
    stop = words["unknown"]
    if facts.stop_price is not None:
        stop = price_text(facts.stop_price, facts.price_step, words)
    return f"{head}, {words['stop'].lower()} {stop} ({words[f'stop_{facts.stop_place}']})"
