"""What is said of now, in both languages."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ict.now.facts import Block, Now, PairNow, from_record, to_record
from ict.now.sentences import needs, reason
from ict.now.text import summary_text, whole_text
from ict.words.languages import LANGUAGES
from tests.now.examples import GATE, NO_BLOCK, NOON, SCORE, WHOLE, pair, side

NEXT = {"opens_at": "2026-03-05T13:00:00+00:00"}


@pytest.mark.parametrize(("block", "why", "need"), [
    (NO_BLOCK, "no bullish order block holds the price",
     "price in the bullish order block from 98 to 99 (-1.00%)"),
    (Block(cause="no_trigger", about={"zones": ["ob", "fvg"], "events": [], "rests": True}),
     "no bullish order block or bullish fair value gap waits beyond the price",
     "a bullish order block or bullish fair value gap beyond the price"),
    (Block(cause="no_trigger", about={"zones": [], "events": ["sweep", "mss"], "rests": False}),
     "no liquidity sweep or market structure shift", "a liquidity sweep or market structure shift"),
    (GATE, "the 4h trend is down", "a 4h trend that is not down"),
    (Block(cause="gate", about={"timeframe": "1d", "trend": 0, "must": True}), "the 1d trend is none",
     "a 1d trend that is up"),
    (SCORE, "the score is 2 of 4", "2 more points from higher timeframe trend or OTE"),
    (Block(cause="fact", about={"fact": "fvg"}), "fair value gap does not hold", "fair value gap"),
    (Block(cause="volatility", about={"rank": 71.25, "allowed": 50.0}),
     "the daily range ranks at 71.25%, 50% allowed", "a daily range that ranks at 50% or below"),
    (Block(cause="window", about=NEXT), "it is outside the entry windows",
     "the window of 2026-03-05 13:00 UTC"),
    (Block(cause="blackout", about=NEXT), "a blackout is active",
     "the end of the blackout, 2026-03-05 13:00 UTC"),
    (Block(cause="both_sides"), "long and short trigger at once", "a close that triggers this side alone"),
])  # fmt: skip
def test_what_is_missing(block: Block, why: str, need: str) -> None:
    assert reason(pair(side(1, block), side(-1, block, block)), "en") == f"No long entry: {why}."
    assert needs(side(1, block), "en") == f"Long needs {need}."


@pytest.mark.parametrize(("cause", "about", "why"), [
    ("open_trade", {"side": -1}, "a short is open on this pair"),
    ("order", {"side": 1, "price": 99.5}, "an entry long rests at 99.5"),
    ("slots", {"used": 3, "allowed": 3}, "3 of 3 open trades are taken"),
    ("lock", {"until": NEXT["opens_at"], "reason": "by hand"},
     "entries are locked until 2026-03-05 13:00 UTC (by hand)"),
    ("daily_trades", {"used": 5, "allowed": 5}, "5 of 5 entries of the UTC day are used"),
    ("daily_loss", {"used": 3.21, "allowed": 3.0}, "the UTC day lost 3.21% of 3% allowed"),
    ("no_money", {"equity": 0.0, "currency": "USDT"},
     "there is no money to trade with, the equity is 0 USDT"),
    ("refused", {"reason": "too small"}, "the signal was refused: too small"),
    ("state", {"state": "paused"}, "the bot is paused"),
    ("old_candles", {"age": 3900}, "the newest candle closed 1 hour 5 minutes ago"),
    ("alerts_only", {}, "alerts_only is on"),
    ("no_candles", {}, "its candles are missing or wrong"),
])  # fmt: skip
def test_what_forbids_any_entry(cause: str, about: dict[str, Any], why: str) -> None:
    """It is what counts, whatever the chart says."""
    blocked = pair(side(1), side(-1, GATE), signal=1, blocks=(Block(cause=cause, about=about),))
    assert reason(blocked, "en") == f"No entry: {why}."
    assert blocked.enters == 0


def test_an_entry_and_the_side_that_lacks_less() -> None:
    entered = pair(side(1), side(-1, GATE), signal=1)
    assert (entered.enters, replace(entered, blocks=(Block(cause="no_candles"),)).enters) == (1, 0)
    lacks_two, lacks_one = pair(side(1, NO_BLOCK, SCORE), side(-1, GATE)), side(-1, NO_BLOCK, SCORE)
    assert [reason(entered, language) for language in LANGUAGES] == [
        "Entry: long at 99, stop 98.", "진입: 롱 99, 손절가 98.",
    ]  # fmt: skip
    assert needs(entered.sides[0], "en") == "Long: the newest close signals it."
    assert reason(lacks_two, "en") == "No short entry: the 4h trend is down."
    assert reason(pair(side(1, NO_BLOCK), lacks_one), "ko") == "롱 진입 없음: 강세 오더블록 안에 가격이 없음."


TEXT = """\
desk · ICTObFvgStrategy · running · play money · SYNTHETIC PRICES of a loopback exchange · \
2026-03-05 12:00 UTC

BTC/USDT:USDT 15m   100   closed 2026-03-05 12:00 UTC
  No short entry: the 4h trend is down.
  Long needs price in the bullish order block from 98 to 99 (-1.00%), \
2 more points from higher timeframe trend or OTE.
  Short needs a 4h trend that is not up.
  Trends                15m up · 4h down · major none
  Session               London
  Long                  2 / 4   ✗ higher timeframe trend (2) ✓ order block (required)   \
Fees 0.10 R, spread 0.02 R, funding 0.03 R (4 hours 30 minutes)
  Short                 2 / 4   ✗ higher timeframe trend (2) ✓ order block (required)   \
Fees 0.10 R, spread 0.02 R, funding -0.03 R (4 hours 30 minutes)
  Zones                 bullish order block 98 - 99   -1 (-1.00%, -0.5 ATR), 12 candles old, 1 touch
  Levels                daily high 104   +4 (+4.00%, +2.0 ATR), 40 candles old

ETH/USDT:USDT 15m   not known
  No entry: its candles are missing or wrong.
  Trade                 short 100, stop 101, target none, first target 97, +1.50 R, \
opened 2026-03-05 12:00 UTC
  Order                 long 99, stop 98, placed 2026-03-05 12:00 UTC

Account
  Equity                1,000.00 USDT
  Open risk             12.50 USDT
  Day's total (UTC)     -5.00 USDT
  Open trades           2 / 3
  Entries of the day    2 / 5
  Day's deepest loss    0.50% / 3.00%
  Day's caps reset      2026-03-06 00:00 UTC
  Next window           2026-03-05 13:00 UTC

Health
  Newest candle         closed 5 minutes ago
  Loop                  ended 5 minutes ago, took 0.25 s
  Exchange              answers
  Exchange and book     agree
  Messages waiting      1
  Last error            2026-03-05 12:00 UTC: It failed."""


def test_the_whole_text() -> None:
    assert whole_text(WHOLE, NOON + timedelta(minutes=5), "en") == TEXT


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_a_line_a_pair(language: str) -> None:
    lines = summary_text(WHOLE, language).splitlines()
    assert lines[1:3] == [f"{one.pair} {price}: {reason(one, language)}" for one, price in zip(
        WHOLE.pairs, ("100", {"en": "not known", "ko": "알 수 없음"}[language]), strict=True
    )]  # fmt: skip
    assert len(lines) == 3 + 7


def test_it_is_the_same_out_of_a_file() -> None:
    """NaN is no JSON: what is not known is null there."""
    text = json.dumps(to_record(WHOLE), allow_nan=False)
    assert repr(from_record(Now, json.loads(text))) == repr(WHOLE)
    with pytest.raises(KeyError, match="pair"):
        from_record(PairNow, {})


def test_columns_line_up_in_a_terminal() -> None:
    """Korean letters are two cells wide: 추세 takes four of the label's 22, 롱 two."""
    lines = whole_text(WHOLE, WHOLE.written_at, "ko").splitlines()
    assert "  추세" + " " * 18 + "15m 상승 · 4h 하락 · 주요 없음" in lines
    assert any(line.startswith("  롱" + " " * 20 + "2 / 4") for line in lines)
