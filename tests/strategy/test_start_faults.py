"""Keys with a character that nobody sees are named, and their values are not; refusals in Korean."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from freqtrade.exceptions import OperationalException
from ict_host.start_error import spoken, start_error
from ict_lab.bots import forks

from ict.desk.start_faults import key_faults, meaning, unseen_characters, unseen_settings
from tests.strategy.host import load
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY

KEY, SECRET = "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"
URL = "FREQTRADE__DISCORD__WEBHOOK_URL"
SOUND = "aB3" * 21 + "x"
STRANGE = {
    "\r": "a Windows line ending", "\n": "a line ending", " ": "a blank", "\t": "a tab", '"': "a quote",
    "'": "a quote", "\ufeff": "a byte order mark", "\u00a0": "a no-break space", "\u201c": "a quote",
    "\u200b": "the character U+200B", "\u3164": "the character U+3164",
    "\x00": "the character U+0000", "ё": "the character U+0451",
}  # fmt: skip


def live(key: str = SOUND, secret: str = SOUND) -> dict[str, Any]:
    return {"dry_run": False, "exchange": {"key": key, "secret": secret}}


@pytest.mark.parametrize("letter", STRANGE, ids=ascii)
def test_a_strange_character_is_named_wherever_it_is(letter: str) -> None:
    for place, name in product((0, 30, 64), (KEY, SECRET)):
        wrong = SOUND[:place] + letter + SOUND[place:]
        (fault,) = key_faults(live(key=wrong) if name == KEY else live(secret=wrong))
        assert fault.startswith(f"{name} contains {STRANGE[letter]}: ")
        assert SOUND[:8] not in fault
        assert unseen_characters({name: wrong, "PATH": wrong}) == [fault]


def test_sound_keys_are_fine() -> None:
    """Also by Freqtrade's newer name; a dry run needs none, and a line of JSON has blanks and quotes."""
    line = json.dumps([{"name": "a", "port": 1}])
    name = "FREQTRADE__EXTERNAL_MESSAGE_CONSUMER__PRODUCERS"
    sound = {KEY: SOUND, SECRET: SOUND, "FREQTRADE__API_SERVER__PASSWORD": "two words", name: line}
    newer = {"dry_run": False, "exchange": {"api_key": SOUND, "secret": SOUND}}
    assert key_faults(live()) == unseen_characters(sound) == key_faults(newer) == []
    assert key_faults({**live("", " "), "dry_run": True}) == []
    assert len(unseen_characters({name: f"{line}\r"})) == 1


@pytest.mark.parametrize(("key", "secret"), [("", SOUND), (SOUND, ""), ("", "")])
def test_what_is_missing_is_named(key: str, secret: str) -> None:
    (fault,) = key_faults(live(key, secret))
    assert (KEY in fault, SECRET in fault) == (not key, not secret)


def test_a_name_or_another_variable_with_a_strange_end_is_named() -> None:
    """A mark at the beginning of a file belongs to its first name."""
    for strange in ("\ufeff", "\r", " "):
        (fault,) = unseen_characters({f"{strange}{KEY}" if strange == "\ufeff" else f"{KEY}{strange}": SOUND})
        assert fault.startswith(f"{KEY} contains {STRANGE[strange]}: ")
    for strange in ("\r", "\n", " ", '"'):
        (fault,) = unseen_characters({URL: f"https://example.org/1{strange}"})
        assert fault.startswith(f"{URL} contains {STRANGE[strange]}: ")


@pytest.mark.parametrize(("block", "fault"), [
    ({"exchange": {"pair_whitelist": ["BTC/USDT:USDT\u00a0", "ETH/USDT:USDT"]}},
     "exchange.pair_whitelist contains a no-break"),
    ({"ict": {"entry_at": "zone\u200b"}}, "ict.entry_at contains the character U+200B: type it anew"),
    ({"ict": {"max_daily\u00ad_trades": 1}}, "ict.max_daily_trades contains the character U+00AD"),
    ({"db_url": "sqlite:///a\r"}, "db_url contains a Windows line ending"),
    ({"discord": {"webhook_url": "https://a/\u3164", "entry_fill": [{"\u3000": "\U0001f468\u200d"}]}},
     "discord.webhook_url contains the character U+3164"),
    ({"bot_name": "\u2764\ufe0f", "telegram": {"x": "a\n\u3000"}, "ict_mainnet": "두 글자\n"}, None),
    ({"original_config": {"discord": {"x": "\u3000"}}}, None),
])  # fmt: skip
def test_a_setting_with_an_unseen_character_is_named(block: dict[str, Any], fault: str | None) -> None:
    assert [said[: len(str(fault))] for said in unseen_settings(block)] == ([fault] if fault else [])


def test_no_answer_has_a_meaning() -> None:
    said = meaning("Could not load markets, therefore cannot start.", {})
    assert said.startswith("no answer from binance.com: is there a network")


def checked(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "ict_host.check", *words]
    path = {"PYTHONPATH": str(REPOSITORY / "user_data" / "strategies"), "PATH": ""}
    return forks.run(line, env=path | environment, cwd=REPOSITORY, timeout=PATIENCE)


def test_the_check_has_its_own_help() -> None:
    done = checked("--help")
    assert (done.returncode, done.stderr, "python -m ict_host.check" in done.stdout) == (0, "", True)


def test_without_a_network_it_is_one_sentence(tmp_path: Path) -> None:
    """Through a proxy that is not there, so that nothing leaves this machine."""
    own = tmp_path / "own.json"
    proxied = {"exchange": {"ccxt_config": {"httpsProxy": "http://127.0.0.1:9"}}}
    own.write_text(json.dumps(proxied), encoding="utf-8")
    files = ("-c", "config.json", "-c", "user_data/config/dry_run.json", "-c", str(own))
    done = checked(*files, "--strategy", "ICTObFvgStrategy")
    assert done.returncode == 2
    assert done.stderr == (
        "The bot can't start: no answer from demo.binance.com: is there a network, is it up, "
        "and does Binance serve your country?\n"
    )


# In the language of the messages

ENGLISH = "ob_max_age_candles must be a number, was 'x'; its zone was entered before"
KOREAN = {"ict_messages": {"language": "ko"}}


@pytest.mark.parametrize(("config", "said"), [
    (KOREAN, "ob_max_age_candles 값 오류: 허용 숫자, 현재 'x'; 이미 진입했던 존"),
    ({}, ENGLISH),
    # What can't be read is refused in English.
    ({"ict_messages": {"language": ["ko"]}}, ENGLISH),
    ({"ict_messages": "ko"}, ENGLISH),
])  # fmt: skip
def test_each_fault_is_said(config: dict[str, Any], said: str) -> None:
    faults = "ob_max_age_candles must be a number, was 'x'", "its zone was entered before"
    assert spoken(config, *faults) == said
    assert str(start_error(config, *faults)) == said


@pytest.mark.parametrize(("block", "said"), [
    ({"max_daily_trades": 0}, r"max_daily_trades 값 오류: 허용 1~\d+, 현재 0"),
    ({"max_daily_trade": 5}, "max_daily_trade은\\(는\\) ict 설정이 아님"),
    ({"pairs": []}, "pairs 값 오류: 허용 그룹 블록"),
    ("ko", "config.json의 ict 값 오류"),
])  # fmt: skip
def test_a_wrong_setting_is_refused_in_korean(block: Any, said: str) -> None:
    with pytest.raises(OperationalException, match=said):
        load(block, **KOREAN)
