"""The messages that the strategy sends, by examples, and the words in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from ict_host.consumer import Outages
from ict_host.received import LateAnalysisError

from ict.desk.limits.facts import Cause
from ict.facts import ENTRY_EVENTS, ENTRY_ZONES, FACTS
from ict.words.alerts import (
    AlertFacts,
    BreakAlert,
    SignalAlert,
    SweepAlert,
    ZoneAlert,
    alert_message,
)
from ict.words.bot import (
    OpenFacts,
    StartedFacts,
    StoppedFacts,
    SummaryFacts,
    started_message,
    stopped_message,
    summary_message,
)
from ict.words.findings import Action, Advice, Finding, FindingFacts, finding_message
from ict.words.languages import LANGUAGES, WORDS, Language
from ict.words.limits import DayCapFacts, LimitFacts, day_cap_message, limit_message
from ict.words.patterns import Pattern, PatternFacts, pattern_message
from ict.words.problems import ErrorFacts, RefusalFacts, error_message, refusal_message
from ict.words.trades import (
    ClosedFacts,
    EntryFacts,
    SetupFacts,
    TakenBack,
    TakenBackFacts,
    ZoneFacts,
    closed_message,
    opened_message,
    placed_message,
    taken_back_message,
)
from ict_lab.docs.markdown import code, table

PAIR = "BTC/USDT:USDT"
STEPS = ("size", "limits", "levels", "exchange")
REASONS = (
    "roi", "stop_loss", "stoploss_on_exchange", "trailing_stop_loss", "liquidation", "exit_signal",
    "force_exit", "emergency_exit", "stop_watch", "partial_exit", "time_stop", "sold_on_exchange",
)  # fmt: skip
SETUP = SetupFacts(
    zone=ZoneFacts(
        kind="ob", bottom_price=49_600.0, top_price=50_050.0, timeframe="15m", age_candles=12, touches=1
    ),
    trends=(("15m", -1), ("4h", 1)), entries_today=2, max_entries=5,
)  # fmt: skip
OPENED = EntryFacts(
    pair=PAIR, side=1, entry_price=50_000.0, stop_price=49_500.0, target_price=51_000.0, price_step=0.1,
    amount_base=0.02, leverage=3.0, equity_usdt=1_000.0, tag="ob+htf+ote", score_points=5.5, most_points=7.0,
    setup=SETUP,
)  # fmt: skip
CLOSED = ClosedFacts(
    pair=PAIR, side=-1, entry_price=50_000.0, exit_price=50_500.0, price_step=0.1, amount_base=0.02,
    profit_usdt=-10.5, profit_percent=-3.15, risk_usdt=10.0, reason="stoploss_on_exchange",
    open_for=timedelta(hours=27, minutes=5), day_profit_usdt=4.2, fees_usdt=-0.9, funding_usdt=0.4,
)  # fmt: skip
PART = ClosedFacts(
    pair=PAIR, side=1, entry_price=50_000.0, exit_price=50_500.0, price_step=0.1, amount_base=0.01,
    profit_usdt=4.5, profit_percent=None, risk_usdt=10.0, reason="partial_exit",
    open_for=timedelta(minutes=45), day_profit_usdt=4.5, is_partial=True,
)  # fmt: skip
PLACED = replace(
    OPENED, entry_price=50_050.0, stop_price=49_500.0, target_price=51_150.0, part_price=50_600.0
)
TAKEN_BACK = TakenBackFacts(pair=PAIR, side=1, price=50_050.0, price_step=0.1, reason="nearer")
OPEN = (
    OpenFacts(
        pair=PAIR, side=1, amount_base=0.02, entry_price=50_000.0, stop_price=49_500.0, price_step=0.1,
        stop_place="rests",
    ),
    OpenFacts(
        pair="ETH/USDT:USDT", side=-1, amount_base=0.5, entry_price=3_000.0, stop_price=None,
        price_step=0.01, stop_place=None,
    ),
)  # fmt: skip
STARTED = StartedFacts(
    state="running", strategy="ICTObFvgStrategy", version="0.2.0", market="play_money",
    host="demo-fapi.binance.com", prices="market", pairs=(PAIR, "ETH/USDT:USDT"), timeframe="15m",
    entry_at="close",
    equity_usdt=1_000.0, risk_percent=1.0, max_daily_loss_percent=3.0, max_daily_trades=5,
    max_open_trades=2, leverage=3, open=OPEN,
)  # fmt: skip
STOPPED = StoppedFacts(strategy="ICTObFvgStrategy", cause="signal", open=OPEN)
SUMMARY = SummaryFacts(
    day=date(2026, 1, 5), entries=3, max_entries=5, won=1, lost=2, profit_usdt=-4.2, fees_usdt=-2.7,
    funding_usdt=0.1, multiple_r=-0.42, equity_usdt=995.8,
)  # fmt: skip
ALERTED = AlertFacts(
    pair=PAIR, timeframe="15m", candle_closed_at=datetime(2026, 1, 5, 14, 15, tzinfo=UTC),
    close_price=50_000.0, price_step=0.1, link="http://127.0.0.1:8080/graph",
    alerts=(
        SignalAlert(
            side=1, entry_price=50_000.0, stop_price=49_500.0, target_price=51_000.0, score_points=5.5,
            tag="ob+htf+ote",
        ),
        ZoneAlert(
            kind="ob", direction=1, timeframe="15m", bottom_price=49_600.0, top_price=50_050.0
        ),
        ZoneAlert(kind="htf_ob", direction=1, timeframe="4h"),
        SweepAlert(side=-1, timeframe="15m", pools=("day", "asia")),
        BreakAlert(kind="choch", direction=1, timeframe="15m"),
        SweepAlert(side=-1, timeframe="4h", pools=("week",)),
        BreakAlert(kind="bos", direction=1, timeframe="4h"),
    ),
)  # fmt: skip
REFUSED = RefusalFacts(pair=PAIR, side=1, reason="stop must be a price below the entry 49500.0, was 49600.0")
CAP = DayCapFacts(
    entries=5, max_entries=5, day_profit_usdt=-20.0, day_lowest_usdt=-30.0, day_start_equity_usdt=1_000.0,
    max_loss_percent=3.0, resumes_at=datetime(2026, 1, 6, tzinfo=UTC),
)  # fmt: skip
ERROR = ErrorFacts(
    pair=PAIR, step="size", error="LevelError: equity and positions are not known without a wallet"
)
FOUND = FindingFacts(
    pair=PAIR, finding="no_resting_stop", action=("stop_placed", "pair_stopped"),
    held=-0.02, stop_price=50_500.0, price_step=0.1,
)  # fmt: skip
PATTERNS = PatternFacts(
    pair=PAIR, timeframe="15m", price_step=0.1,
    patterns=(
        Pattern(kind="order_block", direction=1, bottom_price=49_500.0, top_price=50_000.0),
        Pattern(kind="gap", direction=-1, bottom_price=50_400.0, top_price=50_600.0),
        Pattern(kind="bos", direction=1),
        Pattern(kind="choch", direction=-1),
        Pattern(kind="sweep", direction=1),
    ),
)  # fmt: skip


def _limit(cause: Cause, value: float, allowed: float, resumes_at: datetime | None = None) -> LimitFacts:
    return LimitFacts(
        limit=cause, pair=PAIR, value=value, allowed=allowed, resumes_at=resumes_at, entry_price=50_000.0,
        stop_price=49_875.0, fees=(0.0005, 0.0005),
    )  # fmt: skip


LIMITS = (
    _limit("weekly_loss", 5.2, 5.0, datetime(2026, 1, 12, tzinfo=UTC)),
    _limit("drawdown", 10.4, 10.0, datetime(2026, 1, 21, 14, 45, tzinfo=UTC)),
    _limit("losing_streak", 4, 4, datetime(2026, 1, 6, 9, 30, tzinfo=UTC)),
    _limit("open_risk", 2.3, 2.0),
    _limit("cost", 0.3995, 0.3),
)
# The part of the page, the maker of its messages and their facts.
EXAMPLES: dict[str, tuple[Callable[[Any, Language], str], tuple[Any, ...]]] = {
    "opened": (opened_message, (OPENED,)),
    "placed": (placed_message, (PLACED,)),
    "taken_back": (taken_back_message, (TAKEN_BACK,)),
    "closed": (closed_message, (CLOSED,)),
    "part_closed": (closed_message, (PART,)),
    "refused": (refusal_message, (REFUSED,)),
    "day_cap": (day_cap_message, (CAP,)),
    "limits": (limit_message, LIMITS),
    "failed": (error_message, (ERROR,)),
    "finding": (finding_message, (FOUND,)),
    "started": (started_message, (STARTED,)),
    "stopped": (stopped_message, (STOPPED,)),
    "summary": (summary_message, (SUMMARY,)),
    "alerts": (alert_message, (ALERTED,)),
    "patterns": (pattern_message, (PATTERNS,)),
}


def example(name: str) -> str:
    """Show the messages of a part in each language."""
    make, examples = EXAMPLES[name]
    return "\n".join(_block(make(facts, language)) for facts in examples for language in LANGUAGES)


def outage() -> str:
    """Show what a consumer says of an outage of its producer."""
    outages = Outages(patience_seconds=0.0)
    late = "no analysis of the newest candle has come; the last is of 2026-01-05 10:00"
    outages.note(PAIR, LateAnalysisError(late))
    begun = outages.begun()
    outages.note(PAIR, None)
    return _block("\n".join([*begun, *outages.ended()]))


def _block(text: str) -> str:
    return f"```text\n{text}\n```\n"


def tags() -> str:
    """List the words of a tag: what triggers an entry, and what agrees with it."""
    return _words("in the tag", ["is"], dict.fromkeys((*ENTRY_ZONES, *ENTRY_EVENTS, *FACTS)))


def taken_back() -> str:
    """List why a resting entry is cancelled."""
    return _words("reason", ["back"], get_args(TakenBack))


def reasons() -> str:
    """List the words of Freqtrade's exit reasons."""
    return _words("Freqtrade's reason", ["is"], REASONS)


def steps() -> str:
    """List the words of the steps that can fail."""
    return _words("step", ["is"], STEPS)


def findings() -> str:
    """List what can differ between exchange and book."""
    return _words("finding", ["finding", "means"], get_args(Finding))


def actions() -> str:
    """List what the bot does about it."""
    return _words("action", ["does"], get_args(Action))


def advice() -> str:
    """List what the trader should do about it."""
    return _words("advice", ["do"], get_args(Advice))


def _words(heading: str, parts: list[str], names: Iterable[str]) -> str:
    rows = [
        [
            code(name),
            *(": ".join(WORDS[language][f"{part}_{name}"] for part in parts) for language in LANGUAGES),
        ]
        for name in names
    ]
    return table((heading, "English", "Korean"), rows)
