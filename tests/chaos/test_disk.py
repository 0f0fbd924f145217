"""The disk's failures fail what they are meant to fail, and nothing once they are over."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from ict_lab.bots.disk import full_disk, locked, read_only_url
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support.needs import needs_linux

# Writes a row for each line that it is sent, and says how that went.
_WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0.2)
for line in sys.stdin:
    try:
        with connection:
            connection.execute("create table if not exists notes (line text)")
            connection.execute("insert into notes values (?)", (line,))
        print("ok", flush=True)
    except sqlite3.OperationalError as error:
        print(error, flush=True)
"""

FAILURES = [("lock", "database is locked"), pytest.param("full", "disk I/O error", marks=needs_linux)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "trades.sqlite"


@pytest.fixture
def writer(database: Path) -> Iterator[subprocess.Popen[str]]:
    line = [sys.executable, "-c", _WRITER, str(database)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def write(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("a note\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


@pytest.mark.parametrize(("kind", "said"), FAILURES)
def test_writing_fails_for_a_while(
    writer: subprocess.Popen[str], database: Path, kind: str, said: str
) -> None:
    assert write(writer) == "ok"
    failing: AbstractContextManager[None] = locked(database) if kind == "lock" else full_disk(writer.pid)
    with failing:
        assert write(writer) == said
    assert write(writer) == "ok"


def test_a_read_only_database_is_read_and_not_written(writer: subprocess.Popen[str], database: Path) -> None:
    assert write(writer) == "ok"
    engine = create_engine(read_only_url(database))
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from notes")).scalar() == 1
        with pytest.raises(OperationalError, match="attempt to write a readonly database"):
            connection.execute(text("insert into notes values ('x')"))
    engine.dispose()
