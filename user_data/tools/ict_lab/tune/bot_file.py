"""The files in which running bots say what they would do now; read without Freqtrade, so at once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from ict.now.facts import SCHEMA, Now, from_record

PATTERN = "now-*.json"
# A loop takes seconds, with an exchange that hangs a minute.
FRESH = timedelta(minutes=2)


def bots_in(folder: Path) -> list[Now]:
    """Read what each bot of a folder wrote last, the newest first; what can't be read is left out."""
    found = [now for file in folder.glob(PATTERN) if (now := _read(file))]
    return sorted(found, key=lambda now: now.written_at, reverse=True)


def runs(now: Now, at: datetime) -> bool:
    """Whether a bot wrote it a moment ago."""
    return at - now.written_at < FRESH


def _read(file: Path) -> Now | None:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return from_record(Now, record) if record["schema"] == SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
