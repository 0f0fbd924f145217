"""Times without entries on Freqtrade: what the entry step leaves out, and what stops the start."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from freqtrade.exceptions import OperationalException
from freqtrade.strategy.interface import IStrategy
from ict_host import calendar

from ict.setups.entries import Entries
from tests.strategy.host import CANDLE, ENTRY, NOW, load, step
from tests.support.places import REPOSITORY

# NOW is 2024-03-05 10:00 UTC, a Tuesday: 05:00 in New York. The six candles close 08:45 to 10:00.
NEWS = "start,end,reason\n2024-03-05 09:20,2024-03-05 09:30,CPI\n"


def entered(strategy: IStrategy, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let each of six candles signal a long; give which are entered."""
    tags = np.array(["ob"] * 6, object)
    stops = np.full(6, ENTRY - 600.0)
    frames = []

    def kept(*given: Any) -> None:
        frames.append(type(strategy).populate_entry_trend(strategy, *given))

    monkeypatch.setattr(strategy, "populate_entry_trend", kept)
    step(strategy, Entries.of(np.ones(6, np.int8), stops, tags))
    (frame,) = frames
    assert frame["enter_tag"].notna().tolist() == [bool(one) for one in frame["enter_long"]]
    assert frame["date"].iat[-1] == NOW - CANDLE
    return frame["enter_long"].tolist()


@pytest.mark.parametrize(("block", "expected"), [
    ({}, [1, 1, 1, 1, 1, 1]),
    ({"entry_windows": ["04:00-05:00"]}, [0, 1, 1, 1, 1, 0]),  # closes 09:00 to 09:45; 10:00 is the end
    ({"entry_windows": ["silver_bullet"]}, [1, 0, 0, 0, 0, 0]),  # 03:45
    ({"entry_weekdays": ["tuesday"]}, [1, 1, 1, 1, 1, 1]),
    ({"entry_weekdays": ["monday", "wednesday"]}, [0, 0, 0, 0, 0, 0]),
    ({"blackout_file": "news.csv"}, [1, 1, 0, 1, 1, 1]),  # the candle from 09:15 touches it
])  # fmt: skip
def test_signals_at_other_times_are_no_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: dict[str, object], expected: list[int]
) -> None:
    """TIME-1, TIME-2: by the close of the signal's candle, and the candle that follows it."""
    (tmp_path / "news.csv").write_text(NEWS, encoding="utf-8")
    assert entered(load(block, user_data=tmp_path), monkeypatch) == expected


@pytest.mark.parametrize(("content", "sentence"), [
    (None, "blackout_file .*news.csv can't be read"),
    (b"\xff\xfe", "blackout_file .*news.csv must be UTF-8, its byte 0 is not"),
    (b"start,end,reason\nnow,later,CPI\n", r"news\.csv, line 2: a time must look like"),
])  # fmt: skip
def test_an_unreadable_file_stops_the_start(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / "news.csv").write_bytes(content)
    with pytest.raises(OperationalException, match=sentence):
        load({"blackout_file": "news.csv"}, user_data=tmp_path)


def test_another_text_of_the_file_is_another_backtest(tmp_path: Path) -> None:
    """Freqtrade's cache compares the configuration."""
    digests = []
    for text in (NEWS, NEWS.replace("CPI", "NFP")):
        (tmp_path / "news.csv").write_text(text, encoding="utf-8")
        digests.append(load({"blackout_file": "news.csv"}, user_data=tmp_path).config["ict_blackouts"])
    assert len(set(digests)) == 2


def test_the_command_shows_what_is_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "news.csv"
    rows = "2020-01-01 10:00,2020-01-01 11:00,past\n2020-01-01 10:00,2999-01-01 11:00,running\n"
    file.write_text(f"start,end,reason\n{rows}2998-01-01 10:00,2998-01-01 11:00,far\n", encoding="utf-8")
    assert calendar.main([str(file)]) == 0
    said = capsys.readouterr().out
    assert said == "1 blackout in the next 14 days, UTC\n2020-01-01 10:00 to 2999-01-01 11:00  running\n"
    file.write_text("start,end\n", encoding="utf-8")
    assert calendar.main([str(file)]) == calendar.REFUSED
    said = capsys.readouterr().err
    assert re.fullmatch("make blackouts: .* must begin with the line start,end,reason.*\n", said)
    monkeypatch.chdir(REPOSITORY)  # without a file it reads the shipped one
    assert calendar.main([]) == 0
    assert "blackouts in the next 14 days, UTC" in capsys.readouterr().out
