"""A disk that fails a running bot: its database locked by another program, no room left, no write access."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Below every page and journal that a bot writes, and above none of its files' heads.
_NO_ROOM_BYTES = 512


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Lock a database for a while, as a backup or another program would: nothing else reads or writes it."""
    connection = sqlite3.connect(database, timeout=60, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


@contextmanager
def full_disk(process_id: int) -> Iterator[None]:
    """Refuse a running process every byte beyond the first of a file, database and log alike, for a while.

    SQLite then says "disk I/O error": the operating system's word for a file that may not grow is another one
    than for a full disk, and what follows is the same.
    """
    limits = resource.prlimit(process_id, resource.RLIMIT_FSIZE)
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (_NO_ROOM_BYTES, limits[1]))
    try:
        yield
    finally:
        make_room(process_id, limits)


def make_room(process_id: int, limits: tuple[int, int]) -> None:
    """Give a process its limits back if it still runs."""
    try:
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, limits)
    except ProcessLookupError:
        return


def read_only_url(database: Path) -> str:
    """Return the `db_url` by which a bot may read a database but not write it, whichever user runs it."""
    return f"sqlite:///file:{database}?mode=ro&uri=true"
