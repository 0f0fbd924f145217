"""docs/messages.md shows the texts that the bot sends, all of them, in both languages."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
import rapidjson
from ict_host.consumer import Outages
from ict_host.received import LateAnalysisError

from ict.desk import messages
from ict.desk.limits.facts import Cause
from ict.desk.messages import (
    USUAL_ADVICE,
    Action,
    Advice,
    ClosedFacts,
    DayCapFacts,
    ErrorFacts,
    Finding,
    FindingFacts,
    LimitFacts,
    OpenedFacts,
    Pattern,
    PatternFacts,
    RefusalFacts,
    closed_message,
    day_cap_message,
    error_message,
    finding_message,
    limit_message,
    opened_message,
    pattern_message,
    refusal_message,
)
from ict.desk.words import WORDS, Language
from tests.docs.markdown import ROOT, blocks, read, table_with

PAGE = read(ROOT / "docs" / "messages.md")
SHOWN = [block.text.rstrip("\n") for block in blocks(PAGE, "text")]
PAIR = "BTC/USDT:USDT"
OPENED = OpenedFacts(
    pair=PAIR, side=1, entry_price=50_000.0, stop_price=49_500.0, target_price=51_000.0, price_step=0.1,
    amount_base=0.02, leverage=3.0, equity_usdt=1_000.0, tag="ob+htf+ote", score_points=5.5,
)  # fmt: skip
CLOSED = ClosedFacts(
    pair=PAIR, side=-1, entry_price=50_000.0, exit_price=50_500.0, price_step=0.1, amount_base=0.02,
    profit_usdt=-10.5, profit_percent=-3.15, risk_usdt=10.0, reason="stoploss_on_exchange",
    open_for=timedelta(hours=27, minutes=5), day_profit_usdt=4.2,
)  # fmt: skip
PART = ClosedFacts(
    pair=PAIR, side=1, entry_price=50_000.0, exit_price=50_500.0, price_step=0.1, amount_base=0.01,
    profit_usdt=4.5, profit_percent=None, risk_usdt=10.0, reason="partial_exit",
    open_for=timedelta(minutes=45), day_profit_usdt=4.5, is_partial=True,
)  # fmt: skip
REFUSED = RefusalFacts(pair=PAIR, side=1, reason="stop must be a price below the entry 49500.0, was 49600.0")
CAP = DayCapFacts(
    entries=5, max_entries=5, day_profit_usdt=-20.0, day_lowest_usdt=-30.0, day_start_equity_usdt=1_000.0,
    max_loss_percent=3.0, resumes_at=datetime(2026, 1, 6, tzinfo=UTC),
)  # fmt: skip


def limit(name: str, value: float, allowed: float, resumes_at: datetime | None = None) -> LimitFacts:
    return LimitFacts(
        limit=name, pair=PAIR, value=value, allowed=allowed, resumes_at=resumes_at,  # type: ignore[arg-type]
        entry_price=50_000.0, stop_price=49_875.0, fees=(0.0005, 0.0005),
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
MESSAGES = {
    "opened": (opened_message, OPENED),
    "closed": (closed_message, CLOSED),
    "part_closed": (closed_message, PART),
    "refused": (refusal_message, REFUSED),
    "day_cap": (day_cap_message, CAP),
    "limit_weekly_loss": (
        limit_message,
        limit("weekly_loss", 5.2, 5.0, datetime(2026, 1, 12, tzinfo=UTC)),
    ),
    "limit_drawdown": (
        limit_message,
        limit("drawdown", 10.4, 10.0, datetime(2026, 1, 21, 14, 45, tzinfo=UTC)),
    ),
    "limit_losing_streak": (
        limit_message,
        limit("losing_streak", 4, 4, datetime(2026, 1, 6, 9, 30, tzinfo=UTC)),
    ),
    "limit_open_risk": (limit_message, limit("open_risk", 2.3, 2.0)),
    "limit_cost": (limit_message, limit("cost", 0.3995, 0.3)),
    "failed": (error_message, ERROR),
    "finding_no_resting_stop": (finding_message, FOUND),
    "patterns": (pattern_message, PATTERNS),
}
HEADLINES = (
    "opened", "closed", "part_closed", "refused", "failed", "day_cap", "finding_no_resting_stop", "patterns",
    *(f"limit_{cause}" for cause in get_args(Cause) if not cause.startswith("daily")),
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", MESSAGES)
def test_the_page_shows_the_message(name: str, language: Language) -> None:
    make, facts = MESSAGES[name]
    assert make(facts, language) in SHOWN  # type: ignore[operator]


def test_every_message_of_the_code_is_one_of_them() -> None:
    """A message's maker ends in _message; its first line is a headline of the words."""
    makers = {name for name in dir(messages) if name.endswith("_message")}
    assert makers == {make.__name__ for make, _ in MESSAGES.values()}
    assert set(MESSAGES) == set(HEADLINES) <= set(WORDS["en"])


def test_the_consumer_says_what_the_page_shows() -> None:
    outages = Outages(patience_seconds=0.0)
    late = "no analysis of the newest candle has come; the last is of 2026-01-05 10:00"
    outages.note(PAIR, LateAnalysisError(late))
    begun = outages.begun()
    outages.note(PAIR, None)
    assert "\n".join([*begun, *outages.ended()]) in SHOWN


@pytest.mark.parametrize("heading", ["in the tag", "Freqtrade's reason", "step"])
def test_words_are_those_of_the_messages(heading: str) -> None:
    for name, english, korean in table_with(PAGE, heading):
        word = f"is_{name.strip('`')}"
        assert (WORDS["en"][word], WORDS["ko"][word]) == (english, korean)


def test_no_word_is_missing() -> None:
    tables = [table_with(PAGE, heading) for heading in ("in the tag", "Freqtrade's reason", "step")]
    written = [f"is_{row[0].strip('`')}" for rows in tables for row in rows]
    assert sorted(written) == sorted(word for word in WORDS["en"] if word.startswith("is_"))


@pytest.mark.parametrize(
    ("heading", "kind", "parts"),
    [
        ("finding", Finding, ("finding", "means")),
        ("action", Action, ("does",)),
        ("advice", Advice, ("do",)),
    ],
)
def test_every_word_of_a_finding_is_shown(heading: str, kind: Any, parts: tuple[str, ...]) -> None:
    shown = {name.strip("`"): said for name, *said in table_with(PAGE, heading)}
    assert shown == {
        name: [": ".join(WORDS[language][f"{part}_{name}"] for part in parts) for language in ("en", "ko")]
        for name in get_args(kind)
    }


def test_a_finding_names_what_to_do() -> None:
    assert {name: USUAL_ADVICE[name] for name in get_args(Finding)} == USUAL_ADVICE


def overlay(name: str) -> dict[str, Any]:
    """Read an overlay as Freqtrade does."""
    mode = rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS
    text = (ROOT / "user_data" / "config" / name).read_text(encoding="utf-8")
    block: dict[str, Any] = rapidjson.loads(text, parse_mode=mode)["discord"]
    return block


@pytest.mark.parametrize(("name", "column"), [("discord.json", 2), ("discord.ko.json", 3)])
def test_freqtrades_messages_are_those_of_the_overlays(name: str, column: int) -> None:
    fields = {
        kind: ", ".join(label for field in template for label in field)
        for kind, template in overlay(name).items()
        if isinstance(template, list)
    }
    rows = table_with(PAGE, "message", "when")
    assert {row[0].strip("`"): row[column] for row in rows} == fields
