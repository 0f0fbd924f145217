"""docker-compose.yml: no engine runs here, so its parts are checked one by one against the repository."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import freqtrade
import pytest
import yaml
from freqtrade.commands.arguments import Arguments
from freqtrade.configuration.environment_vars import environment_vars_to_dict

from tests.config.support import read
from tests.support.places import REPOSITORY, STRATEGIES, TOOLS

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICE: dict[str, Any] = COMPOSE["services"]["freqtrade"]
EXAMPLE = REPOSITORY / ".env.example"
WORKDIR = "/freqtrade"  # of the official image
# The parts of the Compose specification that this file uses; another key is a typing error.
KNOWN_KEYS = {
    "image", "container_name", "restart", "env_file", "environment", "ports", "volumes", "entrypoint",
    "command", "healthcheck", "stop_grace_period", "logging",
}  # fmt: skip


def mounts() -> dict[str, Path]:
    """Path in the container -> path in the repository."""
    pairs = (volume.split(":") for volume in SERVICE["volumes"])
    return {target: REPOSITORY / source for source, target, *_ in pairs}


def on_host(path: str) -> Path:
    """Where a path of the container lies in the repository; an error if it is on no volume."""
    for target, source in mounts().items():
        if path == target or path.startswith(f"{target}/"):
            return source / path.removeprefix(target).lstrip("/")
    raise AssertionError(f"{path} is on no volume")


def test_only_known_keys() -> None:
    assert set(COMPOSE) == {"name", "services"}
    assert set(SERVICE) == KNOWN_KEYS
    assert set(SERVICE["healthcheck"]) == {"test", "interval", "timeout", "retries", "start_period"}
    durations = [SERVICE["stop_grace_period"], *(SERVICE["healthcheck"][k] for k in ("interval", "timeout"))]
    assert all(re.fullmatch(r"\d+s", duration) for duration in durations)
    assert all(isinstance(value, str) for value in SERVICE["logging"]["options"].values())


def test_image_is_pinned_and_mounted_paths_exist() -> None:
    assert SERVICE["image"] == f"freqtradeorg/freqtrade:{freqtrade.__version__}"
    # Docker would create a missing one as root, and the bot could not write to it.
    assert [source for source in mounts().values() if not source.exists()] == []
    assert (REPOSITORY / "logs" / ".gitkeep").is_file()


def test_what_the_bot_writes_is_on_a_volume() -> None:
    base = read(REPOSITORY / "config.json")
    database = base["db_url"].removeprefix("sqlite:///")
    assert on_host(f"{WORKDIR}/{base['logfile']}") == REPOSITORY / "logs" / "trader.log"
    assert on_host(f"{WORKDIR}/{database}").parent == REPOSITORY / "user_data"
    paths = SERVICE["environment"]["PYTHONPATH"].split(":")
    assert [on_host(path) for path in paths] == [STRATEGIES, TOOLS]


def test_command_is_one_that_freqtrade_accepts() -> None:
    parsed = Arguments(SERVICE["command"]).get_parsed_arg()
    assert parsed["command"] == "trade"
    assert parsed["strategy"] == "ICTObFvgStrategy"
    assert [on_host(path) for path in parsed["config"]] == [REPOSITORY / "config.json"]


def test_every_variable_of_compose_is_documented_or_set_here() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    named = set(re.findall(r"FREQTRADE__[A-Z_]+", text))
    assert named - set(SERVICE["environment"]) <= set(example_variables())
    assert "${" not in text


def test_api_is_published_on_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    port = read(REPOSITORY / "config.json")["api_server"]["listen_port"]
    assert SERVICE["ports"] == [f"127.0.0.1:{port}:{port}"]
    monkeypatch.setenv("FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS", "0.0.0.0")
    inside = environment_vars_to_dict()["api_server"]
    assert inside == {"listen_ip_address": SERVICE["environment"]["FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS"]}


def example_variables() -> dict[str, str]:
    """Each variable of .env.example, commented out or not, with the line above it."""
    lines = EXAMPLE.read_text().splitlines()
    found = [(re.match(r"#?([A-Z_0-9]+)=", line), above) for above, line in pairwise(lines)]
    return {match.group(1): above for match, above in found if match}


def test_example_explains_each_variable_and_has_no_secret() -> None:
    """It sets the exchange's keys alone, and both are empty."""
    text = EXAMPLE.read_text()
    assert len(example_variables()) == 12
    assert all(above.startswith("# ") for above in example_variables().values())
    assert set(re.findall(r"^#?[A-Z_0-9]+=(.*)$", text, flags=re.MULTILINE)) == {"", "true"}
    active = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert active == ["FREQTRADE__EXCHANGE__KEY=", "FREQTRADE__EXCHANGE__SECRET="]


class Ping(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/v1/ping" else 404)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        return None


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Ping)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def health(log: Path | None, port: int, api: str) -> int:
    """Run the health check's own script beside a bot that has a log open, on another port."""
    kind, _, *rest = SERVICE["healthcheck"]["test"]
    assert kind == "CMD"
    code = "import sys; kept = [open(one, 'a') for one in sys.argv[1:]]; print(flush=True); sys.stdin.read()"
    line = [sys.executable, "-c", code, *([str(log)] if log else [])]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bot:
        assert bot.stdout
        bot.stdout.readline()
        script = rest.pop().replace("/proc/1/", f"/proc/{bot.pid}/").replace(":8080/", f":{port}/")
        environment = os.environ | {"FREQTRADE__API_SERVER__ENABLED": api}
        done = subprocess.run([sys.executable, *rest, script], env=environment, capture_output=True)
        bot.kill()
    return done.returncode


def test_health_check_asks_the_log_that_the_bot_has_open_and_the_api(tmp_path: Path, port: int) -> None:
    fresh, old = tmp_path / "another name.log", tmp_path / "old.log"
    for log in (fresh, old):
        log.touch()
    os.utime(old, (0, 0))
    nobody = 1  # a port on which nothing listens
    assert health(fresh, nobody, api="") == 0  # healthy with the API off
    assert health(fresh, port, api="true") == 0
    assert health(fresh, nobody, api="true") != 0
    assert health(old, port, api="true") != 0
    assert health(None, port, api="") != 0
