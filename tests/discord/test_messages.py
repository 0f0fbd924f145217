"""The strategy's texts: what a trader reads in both languages, and that any facts give one to be sent."""

import json
import math
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ict_lab.bots.discord_limits import faults_of
from ict_lab.docs.messages import ALERTED, CLOSED, OPENED, PLACED, STARTED, STOPPED, SUMMARY, TAKEN_BACK

from ict import Params
from ict.desk.limits.facts import Cause
from ict.desk.safety import PRICES
from ict.facts import ENTRY_EVENTS, ENTRY_ZONES, FACTS
from ict.words import bot, trades
from ict.words.alerts import AlertFacts, BreakAlert, SweepAlert, ZoneAlert, alert_message
from ict.words.bot import StartedFacts, StoppedFacts, SummaryFacts
from ict.words.findings import FindingFacts, finding_message
from ict.words.languages import WORDS
from ict.words.limits import DayCapFacts, LimitFacts, day_cap_message, limit_message
from ict.words.patterns import Pattern, PatternFacts, pattern_message
from ict.words.problems import ErrorFacts, RefusalFacts, error_message, refusal_message
from ict.words.trades import ClosedFacts, EntryFacts, SetupFacts, TakenBack, TakenBackFacts, ZoneFacts


def replaced(facts: Any, **changes: Any) -> Any:
    names = type(facts).__slots__
    return type(facts)(**({name: getattr(facts, name) for name in names} | changes))


DAY_CAP = DayCapFacts(
    entries=3, max_entries=5, day_profit_usdt=-25.0, day_lowest_usdt=-31.2, day_start_equity_usdt=1_000.0,
    max_loss_percent=3.0, resumes_at=datetime(2026, 9, 2, tzinfo=UTC),
)  # fmt: skip
FAILED = replaced(
    STOPPED, cause="error", error="RuntimeError: no [way]",
    open=(replaced(STOPPED.open[0], stop_place="missing"),),
)  # fmt: skip
SIZES = FindingFacts(
    pair="BTC/USDT:USDT", finding="sizes_differ", action=("asks_again", "all_stopped"), held=-0.016,
    booked=0.032,
)  # fmt: skip
NO_STOP = FindingFacts(
    pair="BTC/USDT:USDT", finding="no_resting_stop", action=("stop_placed",), held=0.016, stop_price=59_520.0,
    price_step=0.1,
)  # fmt: skip
NO_ANSWER = FindingFacts(
    pair=None, finding="lookup_failed", action=(), advice="check_history", detail="503 {held} [a_b]"
)
REFUSAL = RefusalFacts(pair="BTC/USDT:USDT", side=-1, reason="no [signal]\nof *entry_stop* `x`")
ERROR = ErrorFacts(pair=None, step="limits", error="KeyError: 'entry_stop'")
# A whole message, its lines one after the other. Marks that Telegram would refuse are escaped.
SAID: list[tuple[Any, Any, str]] = [
    # The risk is 0.02 x 500.
    (trades.opened_message, OPENED,
     "Position opened | Pair: BTC/USDT:USDT | Side: Long 3x | Entry: 50,000.0 | "
     "Size: 0.02 BTC (1,000.00 USDT) | Stop: 49,500.0 (-1.00%) | Target: 51,000.0 (+2.00%) | "
     "Risk: 10.00 USDT (1.00% of equity) | Pattern: order block + higher timeframe trend + OTE | "
     "Score: 5.5 / 7 | Zone: order block 49,600.0 - 50,050.0, 15m, 12 candles old, 1 touch | "
     "Trends: 15m down, 4h up | Entries today (UTC): 2 / 5"),
    (trades.opened_message, OPENED,
     "포지션 진입 | 심볼: BTC/USDT:USDT | 방향: 롱 3x | 진입가: 50,000.0 | 수량: 0.02 BTC (1,000.00 USDT) | "
     "손절가: 49,500.0 (-1.00%) | 목표가: 51,000.0 (+2.00%) | 리스크: 10.00 USDT (자본의 1.00%) | "
     "패턴: 오더블록 + 상위 타임프레임 추세 + OTE | 점수: 5.5 / 7 | "
     "존: 오더블록 49,600.0 - 50,050.0, 15m, 12캔들 경과, 터치 1회 | 추세: 15m 하락, 4h 상승 | "
     "오늘 진입(UTC): 2 / 5"),
    (trades.closed_message, CLOSED,
     "Position closed | Pair: BTC/USDT:USDT | Side: Short | Entry: 50,000.0 | Exit: 50,500.0 | "
     "Size: 0.02 BTC | Profit: -10.50 USDT (-3.15%) | Fees: -0.90 USDT | Funding: +0.40 USDT | "
     "R multiple: -1.05R | Exit reason: stop loss on the exchange | Duration: 1 day 3 hours | "
     "Day's total (UTC): +4.20 USDT"),
    (trades.closed_message, CLOSED,
     "포지션 종료 | 심볼: BTC/USDT:USDT | 방향: 숏 | 진입가: 50,000.0 | 종료가: 50,500.0 | 수량: 0.02 BTC | "
     "손익: -10.50 USDT (-3.15%) | 수수료: -0.90 USDT | 펀딩비: +0.40 USDT | R 배수: -1.05R | "
     "종료 사유: 거래소 스톱 주문 체결 | 보유 시간: 1일 3시간 | 오늘 누적 손익(UTC): +4.20 USDT"),
    (trades.taken_back_message, TAKEN_BACK,
     "진입 주문 취소 | 심볼: BTC/USDT:USDT | 방향: 롱 | 진입가: 50,050.0 | 사유: 더 가까운 존이 생김"),
    (bot.summary_message, SUMMARY,
     "Summary of 2026-01-05 (UTC) | Entries: 3 / 5 | Trades closed: 1 won, 2 lost | Profit: -4.20 USDT | "
     "Fees: -2.70 USDT | Funding: +0.10 USDT | R multiple: -0.42R | Equity: 995.80 USDT | Open: none"),
    (bot.stopped_message, FAILED,
     r"Bot stopped | Strategy: ICTObFvgStrategy | Reason: an error: RuntimeError: no \[way] | "
     "Open: BTC/USDT:USDT Long 0.02 BTC @ 50,000.0, stop 49,500.0 (no stop order on the exchange)"),
    (bot.stopped_message, STOPPED,
     "봇 중지 | 전략: ICTObFvgStrategy | 사유: 중지 신호(Ctrl-C, docker stop) | "
     "보유: BTC/USDT:USDT 롱 0.02 BTC @ 50,000.0, 손절가 49,500.0 (거래소에 스톱 주문 있음) | "
     "보유: ETH/USDT:USDT 숏 0.5 ETH @ 3,000.00, 진입 주문 대기 중"),
    (alert_message, ALERTED,
     "Alert: BTC/USDT:USDT 15m | Close: 50,000.0 (2026-01-05 14:15 UTC) | Signal: Long @ 50,000.0, "
     "stop 49,500.0 (-1.00%), target 51,000.0 (+2.00%), score 5.5, "
     "order block + higher timeframe trend + OTE | "
     "First close in: Bullish order block 49,600.0 - 50,050.0, 15m | "
     "First close in: Bullish higher timeframe order block, 4h | "
     "Sell-side liquidity swept: daily low, Asia session low, 15m | Bullish CHoCH, 15m | "
     "Sell-side liquidity swept: weekly low, 4h | Bullish BOS, 4h | Chart: http://127.0.0.1:8080/graph"),
    (day_cap_message, DAY_CAP,
     "No more entries today (UTC) | Entries: 3 / 5 | Day's total (UTC): -25.00 USDT | "
     "Deepest loss / allowed: 3.12% / 3.00% | Entries resume: 2026-09-02 00:00 UTC"),
    (refusal_message, REFUSAL,
     r"Entry refused | Pair: BTC/USDT:USDT | Side: Short | Reason: no \[signal] of \*entry\_stop\* \`x\`"),
    (error_message, ERROR, r"오류 | 단계: 계좌 한도 확인 | 오류 내용: KeyError: 'entry\_stop'"),
    (finding_message, SIZES,
     "Sizes differ | Pair: BTC/USDT:USDT | "
     "Found: The exchange holds 0.016 BTC short, the bot's trades 0.032 BTC long. | "
     "Bot: asks the exchange again in each loop; no entries on any pair until both agree | "
     "To do: compare the size on Binance with /status; close the excess on Binance"),
    (finding_message, NO_STOP,
     "거래소에 스톱 주문 없음 | 심볼: BTC/USDT:USDT | "
     "확인 내용: 롱 0.016 BTC 포지션에 거래소 스톱 주문이 없습니다. 손절가는 59,520.0입니다. | "
     "봇 조치: 59,520.0에 스톱 주문 설정 | "
     "할 일: 이 메시지가 반복되면 바이낸스에서 59,520.0에 손절을 설정하십시오"),
    (finding_message, NO_ANSWER,
     "The exchange does not answer | Found: Positions and orders can't be compared with the bot's trades: "
     r"503 {held} \[a\_b] | Bot: changed nothing | "
     r"To do: check Binance's order history; if the trade stays open in the bot, send /reload\_trade"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "facts", "text"), SAID, ids=[text[:20] for _, _, text in SAID])
def test_a_whole_message(make: Any, facts: Any, text: str) -> None:
    assert make(facts, "ko" if re.search("[가-힣]", text) else "en").splitlines() == text.split(" | ")


ABSENT = [
    (trades.placed_message, OPENED, "ko", "진입 주문 등록\n심볼: BTC/USDT:USDT\n"),
    (bot.summary_message, replaced(SUMMARY, multiple_r=None), "ko", "R 배수: 알 수 없음\n"),
    (alert_message, ALERTED, "ko", "\n첫 종가 진입: 강세 오더블록 49,600.0 - 50,050.0, 15m\n"),
    (day_cap_message, replaced(DAY_CAP, day_lowest_usdt=0.0), "en", "0.00% / 3.00%"),
    (day_cap_message, replaced(DAY_CAP, day_start_equity_usdt=0.0), "ko", "알 수 없음 / 3.00%"),
    (trades.closed_message, replaced(CLOSED, is_partial=True, reason="partial_exit"), "en",
     "Part of the position closed\n"),
    (trades.closed_message, replaced(CLOSED, is_partial=True, reason="partial_exit"), "ko",
     "포지션 일부 종료\n"),
    (trades.closed_message, replaced(CLOSED, profit_percent=None), "en", "Profit: -10.50 USDT\n"),
    (trades.closed_message, replaced(CLOSED, profit_usdt=-0.001, profit_percent=-0.0), "en",
     "Profit: +0.00 USDT (+0.00%)\n"),
    *((finding_message, replaced(SIZES, held=held, booked=1.0), "en",
       f"The exchange holds {said}, the bot's trades 1 BTC long.")
      for held, said in ((0.0, "none"), (None, "not known"), (math.nan, "not known"))),
]  # fmt: skip


@pytest.mark.parametrize(("make", "facts", "language", "part"), ABSENT, ids=[part for *_, part in ABSENT])
def test_a_part_of_a_message(make: Any, facts: Any, language: Any, part: str) -> None:
    assert part in make(facts, language)


def test_an_entry_by_an_event_has_no_zone_and_an_old_record_no_setup() -> None:
    assert SetupFacts.from_record(json.loads(json.dumps(asdict(OPENED.setup)))) == OPENED.setup
    by_event = replaced(OPENED, setup=replaced(OPENED.setup, zone=None, trends=()))
    assert trades.opened_message(by_event, "en").splitlines()[10:] == ["Entries today (UTC): 2 / 5"]
    assert trades.opened_message(replaced(OPENED, setup=None), "en").endswith("Score: 5.5 / 7")
    gap = replaced(OPENED.setup.zone, kind="fvg", age_candles=1, touches=None)
    of_gap = replaced(OPENED, setup=replaced(OPENED.setup, zone=gap))
    said = trades.placed_message(of_gap, "en")
    assert "Zone: fair value gap 49,600.0 - 50,050.0, 15m, 1 candle old\n" in said


def test_the_bot_says_what_runs_and_what_is_open() -> None:
    assert bot.started_message(STARTED, "en").splitlines() == [
        "Bot started",
        "Strategy: ICTObFvgStrategy 0.2.0",
        "Market: play money (demo-fapi.binance.com)",
        "Pairs: BTC/USDT:USDT, ETH/USDT:USDT",
        "Timeframe: 15m",
        "Entries: market order at the close",
        "Equity: 1,000.00 USDT",
        "Risk: 1.00% of equity per trade",
        "Limits: 3.00% loss and 5 entries a day, 3x leverage, 2 open at once",
        "Open: BTC/USDT:USDT Long 0.02 BTC @ 50,000.0, stop 49,500.0 (rests on the exchange)",
        "Open: ETH/USDT:USDT Short 0.5 ETH @ 3,000.00, entry order rests",
    ]
    many = replaced(
        STARTED, state="paused", market="real_money", pairs=("A/USDT:USDT",) * 10, max_open_trades=math.inf,
        entry_at="zone", open=(),
    )  # fmt: skip
    text = bot.started_message(many, "ko")
    assert text.startswith("봇 시작 (진입 일시 중지)\n")
    assert "\n시장: 실거래(실제 자금) (demo-fapi.binance.com)\n" in text
    assert "A/USDT:USDT 외 2개\n" in text
    assert "진입 방식: 존에서 대기하는 지정가\n" in text
    assert text.endswith("레버리지 3배, 동시 보유 제한 없음\n보유: 없음")


@pytest.mark.parametrize("language", WORDS)
def test_whatever_an_entry_can_be_tagged_with_has_words_of_its_own(language: str) -> None:
    parts = {*FACTS, *ENTRY_ZONES, *ENTRY_EVENTS}
    assert len({WORDS[language][f"is_{part}"] for part in parts}) == len(parts)
    assert {reason for reason in get_args(TakenBack) if f"back_{reason}" not in WORDS[language]} == set()


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf])
@pytest.mark.parametrize(("language", "word"), [("en", "not known"), ("ko", "알 수 없음")])
def test_absence_is_said_in_words(unknown: float | None, language: Any, word: str) -> None:
    facts = replaced(
        OPENED, stop_price=unknown, target_price=None, equity_usdt=unknown, score_points=unknown,
        most_points=unknown, tag=None,
    )  # fmt: skip
    lines = trades.opened_message(facts, language).splitlines()
    assert lines[5] == f"{WORDS[language]['stop']}: {word}"
    assert lines[6] == f"{WORDS[language]['target']}: {WORDS[language]['none']}"
    assert lines[8].endswith(f": {word}")
    assert trades.opened_message(facts, language).count(word) == 5
    closed = trades.closed_message(
        replaced(CLOSED, risk_usdt=unknown, reason=None, day_profit_usdt=unknown), language
    )
    assert closed.count(word) == 3


def test_the_pool_at_which_a_part_is_closed() -> None:
    """EXIT-5: 550 above an entry at 50,050 are 1.10 %; an entry without one has no line."""
    english, korean = (trades.placed_message(PLACED, language).splitlines()[6:8] for language in ("en", "ko"))
    assert english == ["First target, a part: 50,600.0 (+1.10%)", "Target: 51,150.0 (+2.20%)"]
    assert korean[0] == "1차 목표(일부 종료): 50,600.0 (+1.10%)"
    assert "First target" not in trades.placed_message(replaced(PLACED, part_price=None), "en")


@pytest.mark.parametrize(("step", "price", "said"), [
    (0.1, 67123.44, "67,123.4"), (0.01, 5.0, "5.00"), (1.0, 5.4, "5"), (10.0, 1234.0, "1,234"),
    (1e-07, 0.00001234, "0.0000123"), (0.05, 1.25, "1.25"), (None, 0.00001234, "0.00001234"),
    (None, 67123.5, "67,123.5"), (math.nan, 100.0, "100"),
])  # fmt: skip
def test_a_price_has_the_pairs_precision(step: float | None, price: float, said: str) -> None:
    text = trades.closed_message(replaced(CLOSED, price_step=step, exit_price=price), "en")
    assert f"Exit: {said}\n" in text


@pytest.mark.parametrize(("minutes", "english", "korean"), [
    (-5, "under a minute", "1분 미만"), (0.5, "under a minute", "1분 미만"), (1, "1 minute", "1분"),
    (60, "1 hour", "1시간"), (125, "2 hours 5 minutes", "2시간 5분"),
    (1441, "1 day 1 minute", "1일 1분"), (4000, "2 days 18 hours", "2일 18시간"),
])  # fmt: skip
def test_a_duration_is_said_in_words(minutes: float, english: str, korean: str) -> None:
    facts = replaced(CLOSED, open_for=timedelta(minutes=minutes))
    assert f"Duration: {english}\n" in trades.closed_message(facts, "en")
    assert f"보유 시간: {korean}\n" in trades.closed_message(facts, "ko")


def test_patterns_share_one_message() -> None:
    found = (
        Pattern(kind="order_block", direction=1, bottom_price=49_000.0, top_price=49_100.0),
        Pattern(kind="gap", direction=-1, bottom_price=math.nan, top_price=None),
        Pattern(kind="bos", direction=-1),
    )
    facts = PatternFacts(pair="BTC/USDT:USDT", timeframe="15m", price_step=0.1, patterns=found)
    assert pattern_message(facts, "en").splitlines() == [
        "Patterns: BTC/USDT:USDT 15m",
        "Bullish order block: 49,000.0 - 49,100.0",
        "Bearish fair value gap",
        "Bearish BOS",
    ]
    assert "강세 오더블록: 49,000.0 - 49,100.0" in pattern_message(facts, "ko")
    assert len(pattern_message(replaced(facts, patterns=found * 100), "ko")) <= 1024


def test_the_words_and_the_score_are_those_of_the_rules() -> None:
    assert {language for language in WORDS if WORDS[language].keys() != WORDS["en"].keys()} == set()
    assert all(word.strip() for words in WORDS.values() for word in words.values())
    assert Params().most_points == 7.0  # SIG-2


# Any facts: a field may hold whatever its type allows.

TEXT = st.text(max_size=3000).filter(lambda text: not re.search("nan|inf|none|null", text.lower()))
st.register_type_strategy(str, TEXT | st.just("+".join(["ob"] * 500)))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
# A field of words that the code chooses.
for facts, words in (
    (ZoneFacts, {"kind": st.sampled_from(ENTRY_ZONES)}),
    (ZoneAlert, {"kind": st.sampled_from(ENTRY_ZONES)}),
    (BreakAlert, {"kind": st.sampled_from(["bos", "cisd"])}),
    (SweepAlert, {"pools": st.just(("day", "asia"))}),
    (AlertFacts, {"link": st.just("http://127.0.0.1:8080/graph")}),
    (StartedFacts, {"entry_at": st.sampled_from(["close", "zone"]), "prices": st.sampled_from(PRICES)}),
    (LimitFacts, {"limit": st.sampled_from(get_args(Cause)[2:])}),
):
    inferred: dict[str, Any] = dict.fromkeys(facts.__dataclass_fields__, ...)
    st.register_type_strategy(facts, st.builds(facts, **inferred | words))
MAKERS: dict[Any, type] = {
    trades.placed_message: EntryFacts, trades.opened_message: EntryFacts, trades.closed_message: ClosedFacts,
    trades.taken_back_message: TakenBackFacts, alert_message: AlertFacts, bot.started_message: StartedFacts,
    bot.stopped_message: StoppedFacts, bot.summary_message: SummaryFacts, refusal_message: RefusalFacts,
    error_message: ErrorFacts, day_cap_message: DayCapFacts, limit_message: LimitFacts,
    finding_message: FindingFacts, pattern_message: PatternFacts,
}  # fmt: skip


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_any_facts_give_a_text_that_can_be_sent(make: Any) -> None:
    @settings(max_examples=60)
    @given(st.from_type(MAKERS[make]))
    def check(facts: Any) -> None:
        for language in WORDS:
            text = make(facts, language)
            assert faults_of({"embeds": [{"fields": [{"name": "Message", "value": text}]}]}) == []
            assert not re.search(r"NaN|\bnan\b|None|null|[+-]?inf\b", text)
            # No mark of formatting stands without its backslash.
            assert not re.search(r"(?<!\\)[_*`\[]", text)

    check()
