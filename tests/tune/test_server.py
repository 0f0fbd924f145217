"""The page answers to this machine's browser alone, says what is wrong at its start, and ends cleanly."""

import http.client
import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots import forks
from ict_lab.tune import __main__ as command
from ict_lab.tune.controls import controls
from ict_lab.tune.server import PageServer
from ict_lab.tune.workbench import Workbench

from tests.strategy.support import STRATEGY
from tests.support.patience import PATIENCE, wait_for
from tests.support.places import REPOSITORY, SHIPPED
from tests.tune.conftest import CHOICE, CONFIGS

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture
def server(workbench: Workbench) -> Iterator[PageServer]:
    page = PageServer(workbench, 0)
    thread = threading.Thread(target=page.serve)
    thread.start()
    yield page
    page.shutdown()
    thread.join()
    page.close()


def ask(server: PageServer, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        method = "GET" if body is None else "POST"
        kind = {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), kind | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_listens_on_this_machine_only_and_nothing_comes_from_elsewhere(server: PageServer) -> None:
    assert server._socket.getsockname()[0] == "127.0.0.1"
    status, text = ask(server, "/")
    assert (status, "//cdn" in text, "https://" in text) == (200, False, False)


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example:8050"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Host": "127.0.0.1:1"},
])  # fmt: skip
def test_other_sites_in_the_browser_are_refused(server: PageServer, headers: dict[str, str]) -> None:
    assert ask(server, "/", **headers)[0] == 403
    assert ask(server, "/_dash-update-component", {}, **headers)[0] == 403


def test_the_password_of_the_configuration_never_reaches_the_browser(
    workbench: Workbench, server: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREQTRADE__API_SERVER__PASSWORD", "a-secret-of-the-bot")
    assert workbench.access().password == "a-secret-of-the-bot"
    assert "a-secret-of-the-bot" not in ask(server, "/_dash-layout")[1]
    # Nor another address than the configuration's.
    assert workbench.access("http://127.0.0.1:9999").password == ""


def test_a_chart_is_answered_over_http(server: PageServer, workbench: Workbench) -> None:
    """As the browser asks for it, in this process."""
    values = workbench.presets[STRATEGY].defaults
    page = {control.name: control.shown(values[control.name]) for control in controls({})}
    chosen = {
        "strategy": STRATEGY, "pair": CHOICE.pair, "timeframe": CHOICE.timeframe, "last-day": CHOICE.last_day,
        "count": CHOICE.count,
    }  # fmt: skip
    given = [("values", "data", page), ("view", "data", None), ("trades", "data", None)]
    given += [(name, "value", value) for name, value in chosen.items()]
    inputs = [{"id": name, "property": prop, "value": value} for name, prop, value in given]
    outputs = {"chart": "figure", "summary": "children", "wrong": "children", "drawn": "data"}
    body = {
        "output": "..{}..".format("...".join(f"{name}.{prop}" for name, prop in outputs.items())),
        "outputs": [{"id": name, "property": prop} for name, prop in outputs.items()],
        "inputs": inputs,
        "state": [{"id": "width", "property": "value", "value": 300}],
        "changedPropIds": ["values.data"],
    }
    status, text = ask(server, "/_dash-update-component", body)
    assert status == 200
    answer = json.loads(text)["response"]
    assert answer["summary"]["children"].startswith("5,000 candles")
    assert len(answer["chart"]["figure"]["data"][0]["close"]) == 300
    inputs[0]["value"] = page | {"min_body_ratio": 1.7}
    answer = json.loads(ask(server, "/_dash-update-component", body)[1])["response"]
    assert answer["wrong"]["children"] == "min_body_ratio must be between 0 and 1, was 1.7"
    assert "chart" not in answer


def files() -> list[str]:
    return [word for path in CONFIGS for word in ("-c", str(path))]


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--port", "70000"], "port must be between 0 and 65535, was 70000"),
    (["-c", "none.json"], 'Config file "none.json" not found!'),
    (["--strategies", "nowhere"], "strategies must be in a folder, nowhere is none"),
    (["--strategies", "tests/tune"], "no strategy with the settings of ict is in tests/tune"),
    (["--datadir", "CANDLES", "--port", "TAKEN"],
     "port must be free, TAKEN is in use; name another with --port\n"),
])  # fmt: skip
def test_a_bad_option_is_a_sentence(
    arguments: list[str], sentence: str, candle_folder: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(REPOSITORY)
    with socket.create_server(("127.0.0.1", 0)) as one:
        taken = {"TAKEN": str(one.getsockname()[1]), "CANDLES": str(candle_folder)}
        words = [taken.get(word, word) for word in arguments]
        assert command.main([*([] if "-c" in words else files()), *words]) == 2
    assert sentence.replace("TAKEN", taken["TAKEN"]) in capsys.readouterr().err


def test_the_page_ends_by_ctrl_c_without_a_trace(candle_folder: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": SHIPPED, "PYTHONUNBUFFERED": "1"}
    line = [sys.executable, "-m", "ict_lab.tune", *files(), "--datadir", str(candle_folder), "--port", "0"]
    said = tmp_path / "said"
    with said.open("wb") as output:
        page = forks.popen(line, cwd=REPOSITORY, env=environment, stdout=output)
    wait_for(lambda: "\n" in said.read_text())
    page.send_signal(signal.SIGINT)
    assert page.wait(PATIENCE) == 0
    assert re.fullmatch(r"Open http://127\.0\.0\.1:.*\nStopped\.\n", said.read_text())
