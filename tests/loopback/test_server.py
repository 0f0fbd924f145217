"""Start and stop: ports, threads, sockets, and the command line as a process."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from loopback.__main__ import main
from loopback.api import Api
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.synthetic import SyntheticMarket
from loopback.server import ADDRESS, LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET
from tests.loopback.conftest import CCXT_CONFIG, DEMO, NOW_MS
from tests.support.needs import needs_linux
from tests.support.patience import PATIENCE
from tests.support.places import TOOLS


def open_descriptors() -> int:
    """Return the number of this process's open files and sockets."""
    return len(os.listdir("/proc/self/fd"))


def ports(server: LoopbackServer) -> list[int]:
    """Return the proxy's and the control port."""
    return [int(url.rsplit(":", 1)[1]) for url in (server.proxy_url, server.control_url)]


def is_open(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    try:
        socket.create_connection((ADDRESS, port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


@needs_linux
def test_stop_leaves_no_thread_and_no_socket(market: SyntheticMarket, tmp_path: Path) -> None:
    threads, descriptors = set(threading.enumerate()), open_descriptors()
    server = LoopbackServer(Exchange(market, FixedClock(NOW_MS)))
    server.start()
    server.write_overlay(tmp_path / "loopback.json")
    with requests.Session() as client, socket.create_connection((ADDRESS, ports(server)[0])):
        # One connection kept alive and one that never says a word must not hold the exchange up.
        client.trust_env, client.proxies = False, {"https": server.proxy_url}
        assert client.get(f"{DEMO}/v1/time", verify=str(tmp_path / "loopback.ca.pem"), timeout=PATIENCE).ok
        server.stop()
    assert set(threading.enumerate()) == threads
    assert open_descriptors() == descriptors
    assert [is_open(port) for port in ports(server)] == [False, False]


def test_stop_does_not_wait_for_a_call_that_is_held_up(
    market: SyntheticMarket, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = LoopbackServer(Exchange(market, FixedClock(NOW_MS)))
    server.start()
    server.operator.delay_next("GET", "/fapi/v1/time", seconds=600)
    outcome: list[type[Exception]] = []

    def ask() -> None:
        with Api(server, tmp_path) as client:
            try:
                client.get("/fapi/v1/time")
            except requests.RequestException as error:
                outcome.append(type(error))

    asking = threading.Thread(target=ask)
    asking.start()
    while server.exchange.faults.waiting:
        time.sleep(0.01)
    begun = time.monotonic()
    server.stop()
    asking.join()
    assert time.monotonic() - begun < 300
    assert outcome
    assert not [record for record in caplog.records if record.exc_info]


def test_two_exchanges_run_side_by_side_and_a_second_stop_does_nothing(market: SyntheticMarket) -> None:
    with LoopbackServer(Exchange(market)) as one, LoopbackServer(Exchange(market)) as other:
        assert set(ports(one)).isdisjoint(ports(other))
        assert all(is_open(port) for port in ports(one) + ports(other))
    one.stop()
    LoopbackServer(Exchange(market)).stop()


def test_taken_port_is_refused_and_nothing_is_left(
    market: SyntheticMarket, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = set(threading.enumerate())
    with socket.create_server((ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]
        server = LoopbackServer(Exchange(market), proxy_port=port)
        with pytest.raises(OSError, match="in use"):
            server.start()
        server.stop()
        assert main(["--synthetic", "--port", str(port)]) == 2
    assert capsys.readouterr().err == f"port must be free, {port} is in use\n"
    assert set(threading.enumerate()) == threads


def test_the_overlay_holds_the_way_here_and_no_other_host(overlay: Path, loopback: LoopbackServer) -> None:
    authority = str(overlay.with_suffix(".ca.pem"))
    reach = {"httpsProxy": loopback.proxy_url, "cafile": authority, "validateServerSsl": authority}
    config = {**reach, "options": CCXT_CONFIG["options"]}
    assert json.loads(overlay.read_text(encoding="utf-8")) == {
        "ict_prices": "synthetic",
        "exchange": {"only_from_ccxt": True, "enable_ws": False, "ccxt_config": config},
    }
    assert "PRIVATE KEY" not in Path(authority).read_text(encoding="ascii")


@contextmanager
def command_line(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``python -m loopback`` and yield the process and what it printed until it was ready."""
    line = [sys.executable, "-m", "loopback", *arguments]
    with subprocess.Popen(
        line, env=os.environ | {"PYTHONPATH": str(TOOLS)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    ) as process:  # fmt: skip
        try:
            yield process, _until_ready(process)
        finally:
            process.kill()


def _until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    printed = ""
    for text in process.stdout:
        printed += text
        if "Ctrl-C" in text:
            break
    return printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_line_serves_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    overlay = tmp_path / "loopback.json"
    options = (
        "--start 2024-01-01 --end 2024-02-01 --now 2024-01-20T12:00 --pairs BTC/USDT:USDT --balance 2500"
    )
    words = ("--synthetic", "--port", "0", "--write-overlay", str(overlay), *options.split())
    with command_line(*words) as (process, printed):
        assert "SYNTHETIC candles of BTCUSDT, seed 1, 2024-01-01 00:00 to 2024-02-01 00:00" in printed
        found = re.search(r"Proxy +(\S+)", printed)
        assert found
        assert json.loads(overlay.read_text())["exchange"]["ccxt_config"]["httpsProxy"] == found[1]
        with requests.Session() as client:
            client.trust_env, client.proxies = False, {"https": found[1]}
            answer = client.get(f"{DEMO}/v1/time", verify=str(tmp_path / "loopback.ca.pem"), timeout=PATIENCE)
        assert answer.json() == {"serverTime": 1_705_752_000_000}
        assert f"Key     {TEST_KEY}\nSecret  {TEST_SECRET}\n" in printed
        control = re.search(r"Control +(\S+)", printed)
        assert control
        with requests.Session() as client:
            client.trust_env = False
            state = client.get(f"{control[1]}/state", timeout=PATIENCE).json()
        assert state["account"]["availableBalance"] == "2500.00000000"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert (process.returncode, rest) == (0, "Stopped.\n")
        assert not is_open(int(found[1].rsplit(":", 1)[1]))


@pytest.mark.parametrize(("arguments", "sentence"), [
    ([], "one of the arguments --datadir --synthetic is required"),
    (["--synthetic", "--port", "70000"], "port must be between 0 and 65535, was 70000"),
    (["--synthetic", "--seed", "-1"], "seed must be 0 or above, was -1"),
    (["--synthetic", "--start", "soon"], "--start: must be a time such as 2024-01-31T09:30, was soon"),
    (["--synthetic", "--pairs", "DOGE/USDT:USDT"], "pair must be one of BTC/USDT:USDT"),
    (["--synthetic", "--balance", "much"], "argument --balance: must be a number of USDT, was much"),
    (["--synthetic", "--balance", "-1"], "argument --balance: must be 0 or above, was -1"),
    (["--synthetic", "--shift-to-now"], "shift-to-now must come with --datadir"),
    (["--synthetic", "--contracts", "0"], "contracts must be above 0 and come with --synthetic, was 0"),
    (["--datadir", ".", "--contracts", "9"], "contracts must be above 0 and come with --synthetic"),
    (["--synthetic", "--speed", "2"], "speed must come with --now"),
    (["--synthetic", "--now", "2024-01-01", "--speed", "0"], "speed must be above 0, was 0.0"),
    (["--synthetic", "--start", "2024-01-02", "--end", "2024-01-01"], "start and end must be whole days"),
    (["--datadir", "no/such/folder"], "datadir must hold futures/*-futures.feather of any known contract"),
])  # fmt: skip
def test_bad_options_get_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(arguments)
    except SystemExit as stopped:
        code = stopped.code
    printed = capsys.readouterr().err
    assert code == 2
    assert sentence in printed
    assert printed.count("\n") == 1
