"""The page's languages: the same texts in each, nothing left in English, each setting and fact named."""

import re
import string
from types import ModuleType

import pytest
from ict_lab import journal, now
from ict_lab.funding import ExpectedFunding
from ict_lab.report import __main__ as report
from ict_lab.runs.journal import OUTCOMES
from ict_lab.tune import __main__ as tune
from ict_lab.tune.app import _layout
from ict_lab.tune.page import control_specs, steps
from ict_lab.tune.reading import summary
from ict_lab.tune.workbench import Workbench
from ict_lab.words import LANGUAGES, Wording
from ict_lab.words.languages import en, ko

from ict.facts import ENTRY_EVENTS, FACTS
from ict.params import settings
from ict.words.languages import LANGUAGES as OF_MESSAGES
from ict.words.languages import WORDS as MESSAGES
from tests.docs.texts import HOLE, raised_in
from tests.strategy.support import STRATEGY
from tests.support.places import LAB
from tests.tune.conftest import CHOICE

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")
# Two plain English words in a row; names such as api_server or london are one.
TEXTS = ("label", "unit", "about", "own")
ENGLISH = re.compile(r"\b[a-z]{3,} [a-z]{2,}\b")


def holes(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_each_language_says_the_same() -> None:
    assert LANGUAGES == OF_MESSAGES
    assert ko.WORDS.keys() == en.WORDS.keys()
    assert [key for key in en.WORDS if holes(en.WORDS[key]) != holes(ko.WORDS[key])] == []
    assert ko.SETTINGS.keys() == {name for name, one in settings().items() if one.space != "facts"}
    assert ko.FACTS.keys() == FACTS.keys()
    assert {key.removeprefix("outcome_") for key in en.WORDS if key.startswith("outcome_")} == set(OUTCOMES)
    named = {f"is_{name}" for name in (*FACTS, *ENTRY_EVENTS)}
    assert [language for language in LANGUAGES if not named <= MESSAGES[language].keys()] == []
    said = Wording("ko").said("min_body_ratio must be between 0 and 1, was 1.7")
    assert said == "min_body_ratio 값 오류: 허용 0~1, 현재 1.7"


def test_every_strategy_s_line_is_in_each_language(workbench: Workbench) -> None:
    said = [Wording("ko").said(preset.about) for preset in workbench.presets.values()]
    assert [line for line in said if ENGLISH.search(line)] == []


# What a person may do wrong with report, tune, now, journal and setup.
RAISE = (
    "candles", "env_file", "journal", "now", "trials", "runs/export", "runs/journal", "runs/run",
    "runs/settings", "runs/trades", "report/__main__", "tune/__main__", "tune/app", "tune/bot",
    "tune/candles", "tune/controls", "tune/now", "tune/quick_backtest", "tune/setup", "tune/stored",
    "tune/strategies", "tune/workbench",
)  # fmt: skip


def test_every_error_is_korean_where_korean_was_chosen() -> None:
    raised = {text for file in RAISE for text in raised_in((LAB / f"{file}.py").read_text("utf-8"))}
    assert len(raised) > 40
    filled = [text.replace(HOLE, "X") for text in raised if " " in text]
    assert [text for text in filled if not re.search("[가-힣]", Wording("ko").said(text))] == []


@pytest.mark.parametrize(("tool", "words", "sentence"), [
    (report, ["/none/there"], "make report: /none/there에 백테스트 결과가 없음: 파일도 폴더도 아님."),
    (journal, ["/none/there"], "make journal: /none/there에 백테스트 결과가 없음"),
    (journal, ["--live", "--user-data", "/none/there"], "make journal: /none/there에 봇이 기록한 시그널이"),
    (tune, ["--port", "-1"], "make tune: port 값 오류: 허용 0~65535, 현재 -1"),
    (now, ["--candles", "--datadir", "/none/there"], "make now: 캔들 없음: /none/there 폴더가 없음."),
])  # fmt: skip
def test_a_tool_fails_in_the_language_that_was_chosen(
    tool: ModuleType, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main([*words, "--language", "ko"]) == 2
    assert capsys.readouterr().err.startswith(sentence)


def test_nothing_on_the_korean_page_is_english(workbench: Workbench) -> None:
    say = Wording("ko")
    values = workbench.starting_values(STRATEGY)
    specs = control_specs(values, say)
    reading = workbench.reading(STRATEGY, values, CHOICE)
    shown = [
        str(_layout(workbench, say)), summary(reading, say, ExpectedFunding(0.0001, 8.0)),
        *steps(values, say).values(), *specs["words"].values(),
        *(text for fact in specs["facts"] for text in (fact["title"], fact["about"])),
        *(group["title"] for group in specs["groups"]),
        *(
            " · ".join([*(spec[name] for name in TEXTS), *(of[1] for of in spec["choices"])])
            for group in specs["groups"] for spec in group["controls"]
        ),
    ]  # fmt: skip
    markup = {"field wide"}
    found = {phrase for text in shown for phrase in ENGLISH.findall(str(text))}
    assert found - markup == set()
