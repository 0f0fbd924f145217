"""Refusals and errors in another language: each sentence that a trader can be sent is known there."""

import string

import pytest

from ict.desk.requirements import REQUIREMENTS, RESTING_ENTRIES
from ict.desk.safety import ACCEPT_SENTENCE
from ict.words.languages import LANGUAGES, SENTENCES
from ict.words.sentences import translated
from tests.docs.texts import HOLE, raised_in, texts_in
from tests.support.places import STRATEGIES

OTHERS = [language for language in LANGUAGES if language != "en"]


def source(file: str) -> str:
    return (STRATEGIES / f"{file}.py").read_text("utf-8")


# Where an entry is refused, every error that is raised is sent; where a start is, what is returned, too.
RAISE = (
    "ict/desk/plan", "ict/desk/sizing", "ict/desk/levels", "ict/desk/grid", "ict_host/signals",
    "ict_host/entry", "ict_host/live", "ict/setting", "ict/params", "ict/setup_block", "ict/pair_groups",
    "ict/setups/blackouts", "ict/drawing/settings", "ict/words/settings", "ict/market/chart",
    "ict_host/parameters", "ict_host/parameter_file", "ict_host/start", "ict_host/wanted",
)  # fmt: skip
RETURN = (
    "ict/desk/safety", "ict/words/templates", "ict_host/database", "ict_host/start", "ict/setups/faults",
    "ict_host/compare", "ict_host/rehearsal",
)  # fmt: skip
RAISED = {text for file in RAISE for text in raised_in(source(file)) if " " in text}
FAULTS = {text for file in RETURN for text in texts_in(source(file))} - {ACCEPT_SENTENCE}
REASONS = {row.why for row in (*REQUIREMENTS, *RESTING_ENTRIES)}


@pytest.mark.parametrize("language", OTHERS)
def test_every_refusal_is_known(language: str) -> None:
    known = {english.replace("{}", HOLE) for english in SENTENCES[language]}
    assert {text for text in RAISED | FAULTS | REASONS if not {text, f"{HOLE}{text}"} & known} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_the_code_says_every_sentence(language: str) -> None:
    """But for those that are Freqtrade's, or are put together."""
    files = [file for package in ("ict", "ict_host") for file in (STRATEGIES / package).rglob("*.py")]
    ours = [file.read_text("utf-8") for file in files if file.parent.name != "languages"]
    texts = (text for one in ours for text in texts_in(one))
    said = "\n".join((*texts, *REASONS, *(row.allowed or "" for row in REQUIREMENTS)))
    theirs = ("Unable", "Could", "Outdated", "Error")
    wanted = [one.replace("{}", HOLE) for one in SENTENCES[language] if not one.startswith(theirs)]
    # Without what a sentence begins with, where that is another one.
    assert [one for one in wanted if one.removeprefix(f"{HOLE}: ").removeprefix(HOLE) not in said] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_that_is_filled_in_gets_lost(language: str) -> None:
    for english, words in SENTENCES[language].items():
        holes = {int(field) for _, field, _, _ in string.Formatter().parse(words) if field is not None}
        # "below" or "above" is not said where the other language needs no word for it.
        allowed = {0} if english.startswith("stop must be a price") else set()
        assert holes | allowed == set(range(english.count("{}"))) | allowed


@pytest.mark.parametrize(("english", "korean"), [
    ("its zone was entered before", "이미 진입했던 존"),
    ("stop must be a price below the entry 49500.0, was 49600.0",
     "손절가 49600.0이(가) 진입가 49500.0의 올바른 쪽에 있지 않음"),
    ("LevelError: the newest candles signal no entry", "LevelError: 최신 캔들에 진입 시그널이 없음"),
    ("no entry until exchange and book agree on BTC/USDT:USDT: position without trade",
     "BTC/USDT:USDT에서 거래소와 거래 기록이 일치할 때까지 진입하지 않음: 거래 기록에 없는 포지션"),
    ("min_body_ratio must be between 0 and 1, was 1.7", "min_body_ratio 값 오류: 허용 0~1, 현재 1.7"),
    ('ict.pairs "BTC/.*": entry_weekdays must not be empty: no entry would ever be made',
     'ict.pairs "BTC/.*": entry_weekdays가 비어 있음. 진입이 전혀 일어나지 않음'),
    ("position_stacking must be false, was true: a backtest would hold several trades of a pair "
     "(the strategy's JSON file says so)",
     "position_stacking 값 오류: 허용 false, 현재 true (백테스트에서 한 심볼에 여러 거래가 생김) "
     "(전략 JSON 파일의 값)"),
    ("discord.entry: {amount:{leverage}} has a field inside its format, which a template must not",
     "discord.entry: {amount:{leverage}}처럼 서식 안에 필드를 넣을 수 없음"),
    ("discord.entry_fill: '{x:.1f}' can't be formatted when there is no value: no format",
     "discord.entry_fill: '{x:.1f}'을(를) 서식으로 바꿀 수 없음(값이 없을 때): no format"),
    ("the account", "계정"),
    ("something that nobody has translated", "something that nobody has translated"),
])  # fmt: skip
def test_a_sentence_in_korean(english: str, korean: str) -> None:
    assert translated(english, "ko") == korean
    assert translated(english, "en") == english
