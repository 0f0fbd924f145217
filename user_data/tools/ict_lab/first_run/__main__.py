"""Ask for keys, messages, language and risk; write .env and one overlay; check the start: `make setup`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ict.params import Params, settings
from ict_lab.command_line import INTERRUPTED_EXIT, failed
from ict_lab.defaults import STRATEGY
from ict_lab.env_file import ENV_FILE, read_env
from ict_lab.errors import LabError
from ict_lab.first_run.asking import Asker
from ict_lab.first_run.files import Answers, environment, kept, overlay, replace
from ict_lab.first_run.words import CHANNELS, LANGUAGE_QUESTION, LANGUAGES, WORDS
from ict_lab.places import OWN_OVERLAY, PYTHON_PATH, REPOSITORY
from ict_lab.words import Wording

KEY_FORM, ADDRESS_FORM = r"[\w-]{8,}", r"https://(\w+\.)?discord(app)?\.com/api/webhooks/\d+/[\w-]+"
TOKEN_FORM, CHAT_FORM = r"\d+:[\w-]+", r"-?\d+"
RISKS = {"risk": "risk_per_trade_percent", "daily_loss": "max_daily_loss_percent"}
SECRET_MODE, USUAL_MODE = 0o600, 0o644


def main() -> int:
    """Guide through the first run; return the exit code, of the check at the end."""
    asker = Asker(WORDS["en"])
    try:
        language = asker.choice(LANGUAGE_QUESTION, LANGUAGES)
        asker = Asker(WORDS[language])
        print(asker.words["hello"])
        answers = asked(asker, language)
        # Everything is asked before anything is written.
        wanted = wanted_files(asker)
    except LabError as error:
        return failed("make setup", error)
    except KeyboardInterrupt:
        return _interrupted(asker.words["stopped"])
    try:
        write(asker, answers, wanted)
        return check(asker) if wanted else 0
    except (LabError, OSError) as error:
        return failed("make setup", error, Wording(language).said)
    except KeyboardInterrupt:
        return _interrupted(asker.words["unchecked"])


def _interrupted(said: str) -> int:
    print(f"\nmake setup: {said}", file=sys.stderr)
    return INTERRUPTED_EXIT


def asked(asker: Asker, language: str) -> Answers:
    """Ask everything."""
    secret = _keys(asker)
    channel = asker.choice(asker.words["channel"], CHANNELS)
    secret |= _channel(asker, channel)
    api = asker.yes(asker.words["api"], usual=True)
    risk, loss = (_number(asker, name, of) for name, of in RISKS.items())
    return Answers(language, channel, risk, loss, api, secret)


def _keys(asker: Asker) -> dict[str, str]:
    key = asker.text("key", KEY_FORM, "one_word", secret=True, optional=True)
    if not key:
        return {}
    secret = asker.text("secret", KEY_FORM, "one_word", secret=True)
    return {"FREQTRADE__EXCHANGE__KEY": key, "FREQTRADE__EXCHANGE__SECRET": secret}


def _channel(asker: Asker, channel: str) -> dict[str, str]:
    if channel == "discord":
        return {
            "FREQTRADE__DISCORD__WEBHOOK_URL": asker.text("webhook", ADDRESS_FORM, "address", secret=True)
        }
    if channel == "telegram":
        return {
            "FREQTRADE__TELEGRAM__TOKEN": asker.text("token", TOKEN_FORM, "telegram_token", secret=True),
            "FREQTRADE__TELEGRAM__CHAT_ID": asker.text("chat", CHAT_FORM, "whole"),
        }
    return {}


def _number(asker: Asker, name: str, setting: str) -> float:
    known = settings()[setting]
    return asker.number(name, known.low, known.high, getattr(Params(), setting))


def wanted_files(asker: Asker) -> list[Path]:
    """Return the files to write: each that is there already only if that is wanted."""
    files = (ENV_FILE, OWN_OVERLAY)
    return [path for path in files if not path.exists() or _overwrite(asker, path.name, kept(path).name)]


def write(asker: Asker, answers: Answers, wanted: Sequence[Path]) -> None:
    """Write the files that are wanted."""
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    texts = {
        ENV_FILE: (environment(answers, example), SECRET_MODE),
        OWN_OVERLAY: (overlay(answers), USUAL_MODE),
    }
    for path, (text, mode) in texts.items():
        if path in wanted:
            replace(path, text, mode)
        said = "written" if path in wanted else "left"
        print(asker.words[said].format(file=path.relative_to(REPOSITORY)))
    if answers.api and ENV_FILE in wanted:
        print(asker.words["frequi"])


def _overwrite(asker: Asker, file: str, old: str) -> bool:
    return asker.yes(asker.words["overwrite"].format(file=file, kept=old), usual=False)


def check(asker: Asker) -> int:
    """Have the start checked with what was written, and say what comes next."""
    read = read_env()
    if not read.get("FREQTRADE__EXCHANGE__KEY"):
        print(asker.words["no_key"])
        return 0
    print(asker.words["check"])
    line = [sys.executable, "-m", "ict_host.check", "-c", "config.json", "-c", str(OWN_OVERLAY)]
    given = {name: value for name, value in read.items() if value}
    done = subprocess.run(
        [*line, "--strategy", STRATEGY], cwd=REPOSITORY, env=os.environ | given | {"PYTHONPATH": PYTHON_PATH},
        check=False,
    )  # fmt: skip
    print(asker.words["failed" if done.returncode else "next"])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
