"""What now, without Freqtrade around it: the command, on candles and on a bot's file, and the page."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from ict_lab import now as command
from ict_lab.tune.now import now_on_candles
from ict_lab.tune.now_page import NowPage, content
from ict_lab.tune.server import PageServer
from ict_lab.tune.workbench import Workbench

from ict.now.facts import Now, from_record, to_record
from ict.words.languages import LANGUAGES
from tests.now.examples import WHOLE
from tests.strategy.support import STRATEGY
from tests.support.places import SHIPPED
from tests.tune.conftest import CHOICE, CONFIGS, PAIR

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def write(folder: Path, *, minutes_ago: float = 0.0, **changed: object) -> None:
    """Leave the file of a bot that looped so long ago."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    record = to_record(replace(WHOLE, written_at=at)) | changed
    (folder / "now-trades.json").write_text(json.dumps(record), encoding="utf-8")


def asked(folder: Path, candles: Path, *words: str) -> int:
    configs = [word for path in CONFIGS for word in ("-c", str(path))]
    return command.main(["--user-data", str(folder), "-d", str(candles), *configs, *words])


def test_a_running_bot_answers(tmp_path: Path, candle_folder: Path, capsys: pytest.CaptureFixture) -> None:
    write(tmp_path)
    assert asked(tmp_path, candle_folder, "--pair", PAIR) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("desk · ICTObFvgStrategy · running · play money · ")
    assert lines[3] == "  No short entry: the 4h trend is down."
    assert not any("ETH" in line for line in lines)
    assert asked(tmp_path, candle_folder, "--json") == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert from_record(Now, record).bot == "desk"
    assert asked(tmp_path, candle_folder, "--pair", "SOL/USDT:USDT") == 2
    assert capsys.readouterr().err == (
        "make now: desk does not trade SOL/USDT:USDT, but BTC/USDT:USDT, ETH/USDT:USDT\n"
    )


def test_a_running_bots_answer_waits_for_no_import() -> None:
    """pandas, TA-Lib and Freqtrade take seconds on a busy machine; its file needs none of them."""
    seen = "import sys, ict_lab.now; print({'numpy', 'pandas', 'talib', 'freqtrade'} & {*sys.modules})"
    asked = subprocess.run([sys.executable, "-c", seen], env={"PYTHONPATH": SHIPPED}, capture_output=True)
    assert asked.stdout == b"set()\n"


@pytest.mark.parametrize(("changed", "first"), [
    ({"minutes_ago": 30.0}, "desk last looped 30 minutes ago: it was killed, or hangs.\n"),
    ({"schema": 99}, "ICTObFvgStrategy · candles on disk, no bot · "),
])  # fmt: skip
def test_without_a_bot_the_candles_answer(
    tmp_path: Path, candle_folder: Path, capsys: pytest.CaptureFixture, changed: dict[str, float], first: str
) -> None:
    """Also where a file is another release's."""
    write(tmp_path, **changed)
    assert asked(tmp_path, candle_folder) == 0
    text = capsys.readouterr().out
    assert text.startswith(first)
    assert f"{PAIR} 15m" in text
    heading = next(line for line in text.splitlines() if line.startswith("ICTObFvgStrategy"))
    # Old ones are no news of the market.
    assert re.search(r" · candles on disk, no bot · Newest candle: closed \d+ days .*ago · 20", heading)


def test_with_neither_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    absent = tmp_path / "none"
    assert asked(tmp_path, absent) == 2
    assert capsys.readouterr().err.startswith(f"make now: no candles: the folder {absent} is absent")


def test_candles_say_what_the_tuning_page_says(workbench: Workbench) -> None:
    """The settings in force, and the newest candle on disk."""
    (pair,) = now_on_candles(workbench, STRATEGY).pairs
    reading = workbench.reading(STRATEGY, workbench.starting_values(STRATEGY), CHOICE)
    assert pair.signal == reading.signals[-1]
    assert pair.market is not None
    newest = reading.stretch.frame.iloc[-1]
    closed_at = newest["date"] + timedelta(minutes=15)
    assert (pair.market.price, pair.market.closed_at) == (newest["close"], closed_at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_follows_the_bot(workbench: Workbench, tmp_path: Path, language: str) -> None:
    """Without one it shows candles."""
    workbench.setup = replace(workbench.setup, user_data=tmp_path, language=language)
    assert PAIR in NowPage(Flask("page"), workbench)._content(language)
    server = PageServer(workbench, 0)
    try:
        client = server._server.app.test_client()
        base = {"Host": f"127.0.0.1:{server.port}"}
        write(tmp_path)
        page = client.get(f"/now?language={language}", headers=base).text
        assert f'lang="{language}"' in client.get("/now", headers=base).text
        part = client.get(f"/now/part?language={language}", headers=base).text
        assert part in page
        assert f'lang="{language}"' in page
        assert part.count("<section>") == 4
        write(tmp_path, bot="<b>another</b>")
        assert "&lt;b&gt;another&lt;/b&gt;" in client.get("/now/part", headers=base).text
        assert client.get("/now", headers={"Host": "evil.example"}).status_code == 403
    finally:
        server.close()


def test_every_part_of_the_answer_is_on_the_page() -> None:
    html = content(WHOLE, WHOLE.written_at, "en")
    for text in ("No short entry: the 4h trend is down.", "2 / 3", "12.50 USDT", "+1.50 R", "It failed."):
        assert text in html
