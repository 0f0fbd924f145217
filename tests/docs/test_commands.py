"""Every command of the documentation that no test types: it is read by the program that it is for."""

import argparse
import importlib
import json
import re
import shlex
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from freqtrade.commands.arguments import Arguments
from freqtrade.configuration.config_validation import validate_config_consistency
from freqtrade.configuration.load_config import load_config_file
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError
from freqtrade.misc import deep_merge_dicts
from freqtrade.resolvers import StrategyResolver
from ict_lab.docs import reading
from ict_lab.docs.commands import KOREAN, PAGES, README, blocks, commands, prose, read

from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY as ROOT
from tests.support.places import STRATEGIES, TOOLS

COMMANDS = {page.name: commands(read(page)) for page in PAGES}
ALL = sorted({command for found in COMMANDS.values() for command in found})
# Inline too, outside of blocks: `make demo DATADIR=...`.
INLINE = sorted({words for page in PAGES for words in re.findall(r"`(make [a-z][^`]*)`", prose(read(page)))})
MAKES = sorted({*(line for line in ALL if re.match(r"make\b", line)), *INLINE})
# Programs of every shell, and what stands in front of a command.
SHELL = {"cp", "chmod", "set", ".", "export", "FT", "ssh", "git", "cd", "pip", "pre-commit", "sudo"}
PROGRAMS = {"freqtrade", "make", "python", "docker"}


# Those of the README are typed; see test_reading_order.py.
TYPED = {line for line in COMMANDS["README.md"] if not reading.leaves_out(line, nightly=False)}


def beginning(program: str) -> list[str]:
    return [line for line in ALL if line.partition(" ")[0] == program and line not in TYPED]


def test_there_is_something_to_check() -> None:
    assert len(ALL) > 40
    assert all(beginning(program) for program in PROGRAMS)
    assert {re.split(r"[\s=]", line)[0] for line in ALL} <= PROGRAMS | SHELL
    assert commands(read(KOREAN)) == commands(read(README))
    for line in (line for line in ALL if line.startswith("cp ") and "$" not in line):
        assert (ROOT / shlex.split(line)[1]).exists()


def test_the_blocks_can_be_read() -> None:
    """By the shell, or as JSON."""
    text = "\n".join(block.text for page in PAGES for block in blocks(read(page), "sh"))
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    for block in (block for page in PAGES for block in blocks(read(page), "json")):
        json.loads(block.text)


def files_of(words: list[str]) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-c", "--config")]


@pytest.mark.parametrize("line", beginning("freqtrade"))
def test_freqtrade_takes_the_command(line: str) -> None:
    words = shlex.split(line)[1:]
    Arguments(words).get_parsed_arg()
    assert [name for name in files_of(words) if not (".local." in name or (ROOT / name).is_file())] == []


FREQTRADE_INLINE = sorted(
    {w for p in PAGES for w in re.findall(r"`(freqtrade [a-z-]+ --[^`]*)`", prose(read(p)))}
)


def test_freqtrade_takes_a_command_within_a_sentence_and_no_wrong_one() -> None:
    for line in FREQTRADE_INLINE:
        Arguments(shlex.split(line)[1:]).get_parsed_arg()
    with pytest.raises(SystemExit):
        Arguments(["backtesting", "--no-such-flag"]).get_parsed_arg()


def test_the_strategies_of_the_commands_exist() -> None:
    # What make hands on is one word to the shell.
    lines = "\n".join(" ".join(shlex.split(line)) for line in ALL)
    named = set(" ".join(re.findall(r" --strategy(?:-list)?((?: \w+)+)", lines)).split())
    examples = re.findall(r"class (\w+)\(", read(ROOT / "docs" / "own_strategy.md"))
    assert len(named) > 5
    assert named <= {*examples, *(path.stem for path in STRATEGIES.glob("*.py"))}


@cache
def makefile() -> str:
    return read(ROOT / "Makefile")


def test_make_has_the_targets_and_the_variables() -> None:
    """`make -n` says what it would do and does nothing."""
    words = {word for line in MAKES for word in shlex.split(line)[1:]}
    targets = {word for word in words if re.fullmatch(r"[a-z]+", word)}
    assert {target for target in targets if not re.search(rf"(?m)^{target}:", makefile())} == set()
    variables = {name for line in MAKES for name in re.findall(r"\b([A-Z]+)=", line)}
    assert {name for name in variables if f"$({name})" not in makefile()} == set()
    planned = subprocess.run(
        ["make", "-n", *sorted(targets)], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert planned.returncode == 0, planned.stderr


class _AcceptedError(Exception):
    """The parser took the command line."""


@pytest.mark.parametrize("line", beginning("python"))
def test_the_tool_takes_the_command(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, option, name, *words = shlex.split(line)
    assert option == "-m", "documented Python commands are modules"
    if name == "ict_host.check":
        Arguments(["trade", *words]).get_parsed_arg()
        return
    if name in ("venv", "pip", "pytest"):
        return
    found = importlib.import_module(name if name.count(".") > 1 or _is_file(name) else f"{name}.__main__")
    real = argparse.ArgumentParser.parse_args

    def parse(parser: argparse.ArgumentParser, *given: Any, **named: Any) -> None:
        real(parser, *given, **named)
        raise _AcceptedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    with pytest.raises(_AcceptedError):
        found.main(words)


def _is_file(name: str) -> bool:
    path = Path(*name.split("."))
    return any((folder / path).with_suffix(".py").is_file() for folder in (ROOT, STRATEGIES, TOOLS))


COMPOSE: dict[str, Any] = yaml.safe_load(read(ROOT / "docker-compose.yml"))
COMPOSE_FORMS = ("up -d", "down", "logs -f", "restart", "pull")


@pytest.mark.parametrize("line", beginning("docker"))
def test_docker_compose_knows_the_service(line: str) -> None:
    words = shlex.split(line)[1:]
    if words[0] in ("build", "run"):
        assert read(ROOT / "Dockerfile").count(f"#   {line}\n") == 1, (
            "tests/release carries the Dockerfile out"
        )
        return
    assert words[0] == "compose"
    rest = " ".join(words[1:])
    if rest in COMPOSE_FORMS:
        return
    run = re.fullmatch(r"run --rm --entrypoint freqtrade (\S+) (.+)", rest)
    assert run, f"{line}: not a form that is checked here"
    service = COMPOSE["services"][run[1]]
    arguments = shlex.split(run[2])
    Arguments(arguments).get_parsed_arg()
    mounted = {volume.split(":")[1].removeprefix("/freqtrade/") for volume in service["volumes"]}
    assert all(any(name.startswith(place) for place in mounted) for name in files_of(arguments))


def test_the_compose_command_of_mainnet_differs_by_the_overlay_alone() -> None:
    block = blocks(read(ROOT / "docs" / "mainnet.md"), "yaml")[0]
    shown = yaml.safe_load(block.text)["command"]
    overlay = ["--config", "/freqtrade/user_data/config/mainnet.json"]
    at = shown.index(overlay[1]) - 1
    assert shown[at : at + 2] == overlay
    assert shown[:at] + shown[at + 2 :] == COMPOSE["services"]["freqtrade"]["command"]


# What `freqtrade new-config` writes for Binance's futures, as far as it matters here.
USUAL: dict[str, Any] = {
    "max_open_trades": 3, "stake_currency": "USDT", "stake_amount": "unlimited", "dry_run": True,
    "trading_mode": "futures", "margin_mode": "isolated",
    "entry_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
    "exit_pricing": {"price_side": "same", "use_order_book": True, "order_book_top": 1},
    "exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT:USDT"]},
    "pairlists": [{"method": "StaticPairList"}],
}  # fmt: skip


def with_strategy(config: dict[str, Any]) -> dict[str, Any]:
    folder = STRATEGIES
    given = {"strategy": "ICTObFvgStrategy", "strategy_path": str(folder), "user_data_dir": folder}
    config = {**deepcopy(config), **given, "runmode": RunMode.BACKTEST}
    StrategyResolver.load_strategy(config)
    validate_config_consistency(config)
    return config


def test_the_overlay_for_an_own_freqtrade_makes_a_usual_configuration_fit() -> None:
    needed = load_config_file(str(ROOT / "user_data" / "config" / "required.json"))
    with_strategy(deep_merge_dicts(needed, deepcopy(USUAL)))
    with pytest.raises(ConfigurationError, match="price_side"):
        with_strategy(USUAL)
