"""The Korean report: by the option or the messages' setting, and nothing left in English."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ict_lab.report.__main__ import main
from ict_lab.words import Wording
from ict_lab.words.languages import en, ko

from tests.report.exports import STRATEGY, many, result, trade, write
from tests.report.test_page import Elements
from tests.tune.test_words import ENGLISH

# Freqtrade's own loading of candles still uses what pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

# A command to type, and what Plotly reads.
NOT_WORDS = re.compile(r"`[^`]+`|python -m ict_lab\.report")
SETTINGS = {"mode", "hovermode", "type", "symbol", "dash", "fill", "orientation", "textposition"}


def texts(value: Any) -> list[str]:
    """Every text in a figure but Plotly's own words."""
    if isinstance(value, dict):
        return [text for name, one in value.items() if name not in SETTINGS for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def page_of(folder: Path, export: Path, datadir: Path, *arguments: str) -> Elements:
    out = folder / "report.html"
    assert main([str(export), "--out", str(out), "--datadir", str(datadir), *arguments]) == 0
    return Elements(out.read_text(encoding="utf-8"))


def english_in(page: Elements) -> set[str]:
    figures = [json.loads(text) for text in page.json[:-1]]
    shown = [page.words, *texts(figures)]
    return {phrase for text in shown for phrase in ENGLISH.findall(NOT_WORDS.sub("", text))}


def test_nothing_on_the_korean_page_is_english(tmp_path: Path, made_datadir: Path) -> None:
    """The messages' language is the page's: trades against chance, resting entries, parts, funding."""
    held = trade(100.0, [(0.5, 102.5), (0.5, 98.5)], (98.0, 0.02), opened=many(61)[-1]["open_date"], hours=10)
    config = {"ict_messages": {"language": "ko"}}
    rows = {STRATEGY: result([*many(60), held]), "B": result(many(3)), "C": result([])}
    page = page_of(tmp_path, write(tmp_path, rows, config=config), made_datadir)
    assert english_in(page) == set()
    assert "우연과 비교" in page.words
    assert "오더블록" in " ".join(texts([json.loads(text) for text in page.json[:-1]]))


def test_what_is_missing_is_said_in_korean_too(tmp_path: Path) -> None:
    moved = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126), tag=None)
    config = {"ict": {"entry_at": "zone", "entry_events": []}}
    export = write(tmp_path, {STRATEGY: result([moved])}, config=config)
    page = page_of(tmp_path, export, tmp_path / "nowhere", "--language", "ko")
    assert english_in(page) == set()
    assert "지정가 대기 진입" in page.words
    assert "R 배수를 알 수 없음" in page.words


def test_the_option_wins_over_the_setting(tmp_path: Path) -> None:
    export = write(tmp_path, {STRATEGY: result(many(2))}, config={"ict_messages": {"language": "ko"}})
    page = page_of(tmp_path, export, tmp_path / "nowhere", "--language", "en")
    assert en.WORDS["net_profit"] in page.words
    assert ko.WORDS["net_profit"] not in page.words


@pytest.mark.parametrize(("english", "korean"), [
    ("only 9 losing trades, of 10 that it takes", "손실 거래 9개뿐, 필요 10개"),
    ("target 2 R", "목표 2 R"),
    ("the first stop of 1 of 31 trades is not known", "거래 31개 가운데 1개의 첫 손절가를 알 수 없음"),
    ("50% closed at the first pool from 1 R", "1 R부터 첫 번째 풀에서 50% 종료"),
])  # fmt: skip
def test_sentences_of_the_statistics(english: str, korean: str) -> None:
    assert Wording("ko").said(english) == korean
