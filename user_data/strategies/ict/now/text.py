"""The answer to "what now?" as text: all of it for a terminal, and a few lines for a message."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, groupby, repeat
from unicodedata import east_asian_width

from ict.now.facts import AccountNow, Away, FactNow, HealthNow, LimitNow, Now, PairNow, SideNow
from ict.now.sentences import needs, reason, trend_word, zone_name
from ict.words.formatting import (
    count_text,
    duration_words,
    joined_lines,
    known_word,
    number_text,
    percent_text,
    plain_text,
    pool_name,
    price_text,
    prices_said,
    side_word,
    utc_text,
)
from ict.words.languages import WORDS, Language, Words

_INDENT, _LABEL = "  ", 22
_IN_PERCENT = {"daily_loss", "weekly_loss", "drawdown", "open_risk"}


def whole_text(now: Now, at: datetime, language: Language) -> str:
    """Write all of it, a paragraph a pair.

    Parameters
    ----------
    now : Now
        What is known.
    at : datetime
        The present, timezone-aware: ages are counted up to it.
    language : Language
        One of `LANGUAGES`.
    """
    words = WORDS[language]
    lines = [heading(now, words)]
    for pair in now.pairs:
        lines += ["", *_pair_lines(pair, language)]
    lines += ["", *_account_lines(now, words)] if now.account or now.next_window else []
    lines += ["", *_health_lines(now, now.health, at, words)] if now.health else []
    return "\n".join(lines)


def summary_text(now: Now, language: Language) -> str:
    """Write a message: a sentence a pair, and what is used of the day's caps."""
    words = WORDS[language]
    headline = f"{words['now_summary']}: {plain_text(now.strategy, words)}"
    lines = [" · ".join([headline, *prices_said(now.prices, words)])]
    for pair in now.pairs:
        price = price_text(pair.market.price, None, words) if pair.market else words["unknown"]
        lines.append(
            f"{plain_text(pair.pair, words)} {price}: {plain_text(reason(pair, language), words, 400)}"
        )
    if now.account:
        lines += [f"{name}: {value}" for name, value in account_rows(now.account, words)]
    return joined_lines(lines)


def heading(now: Now, words: Words) -> str:
    """Name the source, how old its candles are where no bot watches them, and the time."""
    who = [name for name in (now.bot, now.strategy, words.get(f"state_{now.state}", now.state)) if name]
    aged = [] if now.health else [": ".join(row) for row in _candle_row(now, now.written_at, words)]
    mode = [words[now.mode], *prices_said(now.prices, words)]
    return " · ".join([*who, *mode, *aged, utc_text(now.written_at)])


def _pair_lines(pair: PairNow, language: Language) -> Iterator[str]:
    words = WORDS[language]
    yield f"{pair.pair} {pair.timeframe}   {price_of(pair, words)}"
    yield _INDENT + reason(pair, language)
    for side in pair.sides:
        yield _INDENT + needs(side, language)
    yield from _table(pair_rows(pair, words))


def price_of(pair: PairNow, words: Words) -> str:
    """Say the price of a pair, and when that candle closed."""
    if pair.market is None:
        return words["unknown"]
    closed = words["now_closed"].format(at=utc_text(pair.market.closed_at))
    return f"{price_text(pair.market.price, None, words)}   {closed}"


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Write rows, the label of several once."""
    for label, group in groupby(rows, key=lambda row: row[0]):
        for shown, (_, value) in zip(chain([label], repeat("")), group, strict=False):
            yield f"{_INDENT}{shown}{' ' * (_LABEL - _cells(shown))}{value}"


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes: Korean letters take two each."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def pair_rows(pair: PairNow, words: Words) -> Iterator[tuple[str, str]]:
    """Return the rows of a pair's table: label and text."""
    yield from _position_rows(pair, words)
    if pair.market:
        trends = {**pair.market.trends, words["now_major"]: pair.market.major_trend}
        yield words["now_trends"], " · ".join(f"{name} {trend_word(t, words)}" for name, t in trends.items())
        session = pair.market.session
        yield words["now_session"], words[f"session_{session}"] if session else words["none"]
    for side in pair.sides:
        costs = _costs_text(side, pair.held_hours, words)
        yield side_word(side.side, words), f"{_score_text(side, words)}   {costs}"
    if pair.market is None:
        return
    for zone in pair.market.zones:
        about = (
            away_text(zone.away, words), count_text("candle", zone.age_candles, words),
            count_text("touch", zone.touches, words),
        )  # fmt: skip
        edges = f"{price_text(zone.bottom, None, words)} - {price_text(zone.top, None, words)}"
        yield words["now_zones"], f"{zone_name(zone.kind, zone.side, words)} {edges}   {', '.join(about)}"
    for level in pair.market.levels:
        age = count_text("candle", level.age_candles, words)
        named = f"{pool_name(level.kind, level.side, words)} {price_text(level.price, None, words)}"
        yield words["now_levels"], f"{named}   {away_text(level.away, words)}, {age}"


def _entry_and_stop(entry: float, stop: float, words: Words) -> str:
    return f"{price_text(entry, None, words)}, {words['stop'].lower()} {price_text(stop, None, words)}"


def _position_rows(pair: PairNow, words: Words) -> Iterator[tuple[str, str]]:
    if trade := pair.trade:
        target = words["none"] if math.isnan(trade.target) else price_text(trade.target, None, words)
        prices = f"{_entry_and_stop(trade.entry, trade.stop, words)}, {words['target'].lower()} {target}"
        if not math.isnan(trade.part):
            prices += f", {words['now_part'].format(price_text(trade.part, None, words))}"
        opened = words["now_opened"].format(at=utc_text(trade.opened_at))
        gain = number_text(trade.gain_r, "+z,.2f", words, " R")
        yield words["now_trade"], f"{side_word(trade.side, words).lower()} {prices}, {gain}, {opened}"
    if order := pair.order:
        prices = _entry_and_stop(order.price, order.stop, words)
        placed = words["now_placed"].format(at=utc_text(order.placed_at))
        yield words["now_order"], f"{side_word(order.side, words).lower()} {prices}, {placed}"


def _score_text(side: SideNow, words: Words) -> str:
    score = f"{number_text(side.score, 'g', words)} / {number_text(side.threshold, 'g', words)}"
    held = " ".join(fact_text(fact, words) for fact in side.facts)
    return f"{score}   {held}"


def _costs_text(side: SideNow, held_hours: float, words: Words) -> str:
    costs = {"now_cost": side.cost_r, "now_spread": side.spread_r, "now_funding": side.funding_r}
    shown = ", ".join(
        f"{words[name]} {number_text(cost, 'z,.2f', words, ' R')}" for name, cost in costs.items()
    )
    if not math.isfinite(side.funding_r):
        return shown
    return f"{shown} ({duration_words(timedelta(hours=held_hours), words)})"


def fact_text(fact: FactNow, words: Words) -> str:
    """Name a fact with its use, and whether it holds."""
    use = words["now_required"] if fact.use == "required" else number_text(fact.points, "g", words)
    return f"{'✓' if fact.holds else '✗'} {known_word(fact.name, words)} ({use})"


def away_text(away: Away, words: Words) -> str:
    """Say how far something is from the price, in all three units."""
    return (
        f"{number_text(away.price, '+z,.6g', words)} ({number_text(away.percent, '+z,.2f', words, '%')}, "
        f"{number_text(away.atr, '+z,.1f', words, ' ATR')})"
    )


def account_rows(account: AccountNow, words: Words) -> Iterator[tuple[str, str]]:
    """Return the rows of the account's table: label and text."""
    yield words["now_equity"], number_text(account.equity, "z,.2f", words, f" {account.currency}")
    yield words["now_open_risk"], number_text(account.open_risk, "z,.2f", words, f" {account.currency}")
    yield words["day"], number_text(account.day_profit, "+z,.2f", words, f" {account.currency}")
    most = "∞" if not math.isfinite(account.max_open_trades) else f"{account.max_open_trades:g}"
    yield words["now_slots"], f"{account.open_trades} / {most}"
    for limit in account.limits:
        yield words[f"now_limit_{limit.cause}"], _limit_text(limit, words)
    yield words["now_day_ends"], utc_text(account.day_ends_at)


def _limit_text(limit: LimitNow, words: Words) -> str:
    shown = (
        percent_text(value, words) if limit.cause in _IN_PERCENT else number_text(value, "g", words)
        for value in (limit.used, limit.allowed)
    )
    return " / ".join(shown)


def _account_lines(now: Now, words: Words) -> Iterator[str]:
    rows = [*account_rows(now.account, words)] if now.account else []
    if now.next_window:
        rows.append((words["now_next_window"], utc_text(now.next_window)))
    yield words["now_account"]
    yield from _table(rows)


def health_rows(now: Now, health: HealthNow, at: datetime, words: Words) -> Iterator[tuple[str, str]]:
    """Return the rows of the bot's health: label and text."""
    yield from _candle_row(now, at, words)
    seconds = number_text(health.loop_seconds, ".2f", words)
    ago = duration_words(at - health.looped_at, words)
    yield words["now_loop"], words["now_loop_text"].format(ago=ago, seconds=seconds)
    yield words["now_exchange"], words["now_exchange_yes" if health.answers else "now_exchange_no"]
    yield words["now_book"], health.agrees or words["now_book_yes"]
    yield words["now_waiting"], str(health.waiting)
    if health.error and health.error_at:
        yield words["now_error"], f"{utc_text(health.error_at)}: {health.error}"


def _candle_row(now: Now, at: datetime, words: Words) -> Iterator[tuple[str, str]]:
    closes = [pair.market.closed_at for pair in now.pairs if pair.market]
    if closes:
        ago = duration_words(at - max(closes), words)
        yield words["now_candle"], words["now_candle_text"].format(ago=ago)


def _health_lines(now: Now, health: HealthNow, at: datetime, words: Words) -> Iterator[str]:
    yield words["now_health"]
    yield from _table(health_rows(now, health, at, words))
