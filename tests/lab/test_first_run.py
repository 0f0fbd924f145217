"""`make setup` by its standard input: bad answers are asked again, secrets are not shown, nothing is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import rapidjson
from freqtrade.configuration.load_config import load_from_files
from ict_lab.env_file import read_env
from ict_lab.first_run.words import WORDS

from tests.lab.test_operate import clone as clone
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY

KEY, SECRET = "Kk3" * 21 + "K", "Ss4" * 21 + "S"
WEBHOOK = "https://discord.com/api/webhooks/123456789/abc-DEF_ghi"
OVERLAY = "user_data/config/my.local.json"


def guided(folder: Path, *answers: str) -> tuple[int, str]:
    """Answer the guide; return its exit code and all that it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FREQTRADE__")}
    paths = (folder / "guard", folder / "user_data/strategies", folder / "user_data/tools")
    done = subprocess.run(
        [sys.executable, "-m", "ict_lab.first_run"],
        input="".join(f"{answer}\n" for answer in answers), capture_output=True, text=True, cwd=folder,
        env=kept | {"PYTHONPATH": os.pathsep.join(map(str, paths))}, timeout=PATIENCE, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def fresh(clone: Path) -> Path:
    """Give a clone in which nobody has answered yet."""
    (clone / ".env.example").write_text((REPOSITORY / ".env.example").read_text(encoding="utf-8"))
    for name in (f"{file}{end}" for file in (".env", OVERLAY) for end in ("", ".old", ".old1")):
        (clone / name).unlink(missing_ok=True)
    return clone


def test_the_answers_are_written_and_the_start_is_checked(fresh: Path) -> None:
    code, said = guided(fresh, "", KEY, SECRET, "discord", WEBHOOK, "y", "0.5", "2")
    # There is no network here; the check says so.
    assert code == 2
    assert "The bot can't start: no answer from demo.binance.com" in said
    assert said.splitlines()[-1] != WORDS["en"]["next"]
    assert WORDS["en"]["failed"] in said
    assert not any(secret in said for secret in (KEY, SECRET, WEBHOOK))
    read = read_env(fresh / ".env")
    assert read["FREQTRADE__EXCHANGE__KEY"] == KEY
    assert read["FREQTRADE__EXCHANGE__SECRET"] == SECRET
    assert read["FREQTRADE__DISCORD__WEBHOOK_URL"] == WEBHOOK
    assert len(read["FREQTRADE__API_SERVER__PASSWORD"]) >= 32
    assert (fresh / ".env").stat().st_mode & 0o777 == 0o600
    # A shell reads it, too.
    shown = subprocess.run(
        ["bash", "-c", 'set -a; . ./.env; printf "%s" "$FREQTRADE__EXCHANGE__SECRET"'],
        cwd=fresh, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == SECRET
    config = load_from_files([str(fresh / "config.json"), str(fresh / OVERLAY)])
    assert config["ict"] == {"risk_per_trade_percent": 0.5, "max_daily_loss_percent": 2.0}
    assert config["discord"]["enabled"] is True
    assert KEY not in (fresh / OVERLAY).read_text()


def test_a_bad_answer_is_asked_again_with_what_is_allowed(fresh: Path) -> None:
    code, said = guided(
        fresh, "xx", "en", "a key", "", "letter",
        "telegram", "token", "123:abc", "me", "-100123", "maybe", "n",
        "0", "101", "much", "1,5", "",
    )  # fmt: skip
    assert code == 0
    for line in (
        "en, ko, was xx", "one word of letters, digits, - and _\n", "none, discord, telegram, was letter",
        "such as 123456:ABC-DEF\n", "a whole number, was me", "y or n, was maybe", "0.01 … 100, was 0",
        "0.01 … 100, was 101", "0.01 … 100, was much",
    ):  # fmt: skip
        assert f"must be {line}" in said
    assert "Without a key the start can't be checked." in said
    text = (fresh / OVERLAY).read_text()
    assert rapidjson.loads(text, parse_mode=rapidjson.PM_COMMENTS)["ict"]["risk_per_trade_percent"] == 1.5
    assert "FREQTRADE__API_SERVER__ENABLED" not in read_env(fresh / ".env")


def test_korean_all_the_way(fresh: Path) -> None:
    code, said = guided(fresh, "ko", "", "discord", WEBHOOK, "", "", "")
    assert code == 0
    assert "메시지를 받을 곳" in said
    config = load_from_files([str(fresh / "config.json"), str(fresh / OVERLAY)])
    assert config["ict_messages"]["language"] == "ko"
    assert "방향" in str(config["discord"]["exit_cancel"])
    holes = [{name: text.count("{") for name, text in WORDS[language].items()} for language in ("en", "ko")]
    assert holes[0] == holes[1]


def test_nothing_is_overwritten_without_asking(fresh: Path) -> None:
    (fresh / ".env").write_text("FREQTRADE__EXCHANGE__KEY=mine\n")
    (fresh / OVERLAY).write_text("{}")
    _, said = guided(fresh, "", "", "", "n", "", "", "", "n")
    assert ".env was not changed" in said
    assert (fresh / ".env").read_text() == "FREQTRADE__EXCHANGE__KEY=mine\n"
    assert (fresh / OVERLAY).read_text() == "{}"
    guided(fresh, "", "", "", "n", "", "", "y", "n")
    assert (fresh / ".env.old").read_text() == "FREQTRADE__EXCHANGE__KEY=mine\n"
    assert (fresh / ".env").stat().st_mode & 0o077 == 0


def test_no_older_file_is_lost(fresh: Path) -> None:
    (fresh / ".env").write_text("A=1\n")
    for _ in range(2):
        guided(fresh, "", "", "", "n", "", "", "y", "y")
    assert (fresh / ".env.old").read_text() == "A=1\n"
    assert (fresh / ".env.old1").exists()


def test_what_cannot_be_read_or_written_is_one_sentence(fresh: Path) -> None:
    paths = (fresh / "user_data/strategies", fresh / "user_data/tools")
    done = subprocess.run(
        [sys.executable, "-m", "ict_lab.first_run"], input=b"\xb1\n", capture_output=True, cwd=fresh,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONIOENCODING": "utf-8:strict"},
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.decode()) == (2, f"make setup: {WORDS['en']['unreadable']}\n")
    (fresh / ".env").write_bytes(b"KEY=\xff\n")
    code, said = guided(fresh, "", "", "", "n", "", "", "n")
    assert (code, said.splitlines()[-1]) == (2, "make setup: .env can't be read: it is no text in UTF-8")


def test_an_interrupt_is_one_sentence(fresh: Path) -> None:
    """Ctrl-C at a question; what was answered before is not written."""
    paths = (fresh / "user_data/strategies", fresh / "user_data/tools")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONUNBUFFERED": "1"}
    # In a shell's background Ctrl-C is ignored, and a child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "-m", "ict_lab.first_run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=fresh, env=environment,
    ) as guide:  # fmt: skip
        assert guide.stdin
        assert guide.stdout
        guide.stdin.write("ko\n")
        guide.stdin.flush()
        said = guide.stdout.readline()
        # The question comes after it, without an end of its line.
        assert WORDS["ko"]["hello"] in said
        assert guide.stdout.read(1)
        guide.send_signal(signal.SIGINT)
        _, errors = guide.communicate(timeout=PATIENCE)
    assert (guide.returncode, errors) == (130, f"\nmake setup: {WORDS['ko']['stopped']}\n")
    assert not (fresh / ".env").exists()


def test_answers_that_end_early_write_nothing(fresh: Path) -> None:
    code, said = guided(fresh, "", KEY, SECRET)
    assert (code, KEY in said) == (2, False)
    assert "nothing was written" in said
    assert not (fresh / ".env").exists()
    assert not (fresh / OVERLAY).exists()
