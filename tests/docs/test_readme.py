"""The README says what the code does: its parameters, its commands, its files."""

import re
from pathlib import Path

import pytest
from freqtrade.commands import Arguments

from ict.params import Params, Setting, settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.strip()
    for block in BLOCKS
    for line in re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^   ", "", block)).splitlines()
    if line.strip()
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def parameter_row(name: str, setting: Setting) -> str:
    default = getattr(Params(), name)
    if isinstance(default, bool):
        shown, allowed = "on" if default else "off", "on, off"
    else:
        shown = default
        allowed = ", ".join(setting.choices) or f"{setting.low:g} to {setting.high:g}"
    return f"| `{name}` | {shown} | {allowed} | {setting.unit} | {setting.space} | {setting.about} |"


@pytest.mark.parametrize(("name", "setting"), settings().items(), ids=settings())
def test_every_parameter_is_in_the_table(name: str, setting: Setting) -> None:
    assert parameter_row(name, setting) in README


def test_no_other_parameter_is_in_the_table() -> None:
    named = re.findall(
        r"(?m)^\| `(\w+)` \| [^|]+ \| [^|]+ \| [^|]+ \| (?:patterns|confluence|exits|risk) ", README
    )
    assert named == list(settings())


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("freqtrade ")])
def test_freqtrade_takes_the_command(command: str) -> None:
    Arguments(command.split()[1:]).get_parsed_arg()


def test_freqtrade_refuses_a_wrong_command() -> None:
    with pytest.raises(SystemExit):
        Arguments(["backtesting", "--no-such-flag"]).get_parsed_arg()


@pytest.mark.parametrize("command", re.findall(r"(?m)(?:^|`)make ([a-z]+)", README))
def test_make_has_the_target(command: str) -> None:
    assert re.search(rf"(?m)^{command}:", MAKEFILE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:user_data|tests)/[\w./-]+\w", README))))
def test_paths_exist(path: str) -> None:
    written_by_freqtrade = {"user_data/strategies/ICTObFvgStrategy.json", "user_data/config/NAME.json"}
    assert path in written_by_freqtrade or (ROOT / path).exists()


@pytest.mark.parametrize("name", re.findall(r"(?m)^\| `(ICT\w+)`", README))
def test_strategies_exist(name: str) -> None:
    assert (ROOT / f"user_data/strategies/{name}.py").exists()


@pytest.mark.parametrize("name", re.findall(r"(?m)^\| `(\w+\.json)`", README))
def test_overlays_exist(name: str) -> None:
    assert (ROOT / f"user_data/config/{name}").exists()


def test_a_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#h][^)]*)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
