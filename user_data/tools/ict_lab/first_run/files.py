"""What the guide writes: the answers that are secret into .env, the others into one overlay."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from ict_lab.files import write_whole

_PLAIN = re.compile(r"[\w./:=+-]*", re.ASCII)
HEAD = "// Written by make setup, which replaces it; trade, watch, backtest, now, tune and searches add it.\n"


@dataclass(frozen=True)
class Answers:
    """What was answered; secrets do not appear in its text.

    Attributes
    ----------
    language, channel : str
        Of the messages.
    risk_percent, daily_loss_percent : float
        RISK-1 and RISK-2.
    api : bool
        Whether the API is on, for FreqUI.
    secret : dict[str, str]
        Variables of .env, by name.
    """

    language: str
    channel: str
    risk_percent: float
    daily_loss_percent: float
    api: bool
    secret: dict[str, str] = field(repr=False)


def environment(answers: Answers, example: str) -> str:
    """Return the text of .env: the example's, with the answers in their places.

    Parameters
    ----------
    answers : Answers
        What was answered.
    example : str
        Text of .env.example.
    """
    text = example
    for name, value in (answers.secret | (_api() if answers.api else {})).items():
        line = f"{name}={_quoted(value)}"
        text = re.sub(rf"(?m)^#?{name}=.*$", lambda _, line=line: line, text)  # type: ignore[misc]
    return text


def overlay(answers: Answers) -> str:
    """Return the text of the overlay."""
    block: dict[str, Any] = {
        "ict": {
            "risk_per_trade_percent": answers.risk_percent,
            "max_daily_loss_percent": answers.daily_loss_percent,
        },
        "ict_messages": {"language": answers.language, "patterns": False},
    }
    korean = ".ko" if (answers.language, answers.channel) == ("ko", "discord") else ""
    if answers.channel != "none":
        block = {"add_config_files": [f"{answers.channel}{korean}.json"]} | block
    return HEAD + json.dumps(block, indent=4) + "\n"


def replace(path: Path, text: str, mode: int) -> None:
    """Write a file; what was there before is kept beside it."""
    if path.exists():
        path.replace(kept(path))
    path.touch(mode)
    write_whole(path, text)


def kept(path: Path) -> Path:
    """Return where an old file is kept: the first name that no older one has."""
    names = (f"{path.name}.old{number or ''}" for number in count())
    return next(found for name in names if not (found := path.with_name(name)).exists())


def _api() -> dict[str, str]:
    """Make the API's own secrets, which nobody needs to remember."""
    name = "FREQTRADE__API_SERVER__"
    made = {f"{name}{word}": secrets.token_urlsafe(32) for word in ("PASSWORD", "JWT_SECRET_KEY", "WS_TOKEN")}
    return {f"{name}ENABLED": "true"} | made


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f"'{value}'"
