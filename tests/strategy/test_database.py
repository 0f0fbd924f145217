"""A database that can't be written, or holds another market's trades, is named before the bot trusts it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from freqtrade.persistence import KeyValueStore, Trade
from ict_host import database
from ict_host.database import claim_book, market_fault, use_fault, write_fault
from ict_lab.bots.disk import read_only_url

from tests.strategy.host import filled, opened
from tests.support.places import SHIPPED

TESTNET, PAPER = "orders at demo-fapi.binance.com", "simulated orders at demo-fapi.binance.com"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trades.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE trades (id INTEGER)")
        connection.commit()
    return path


def test_a_database_that_can_be_written_is_left_as_it_was_and_a_new_one_is_not_made(file: Path) -> None:
    before = file.read_bytes()
    assert write_fault(f"sqlite:///{file}") is write_fault(f"sqlite:///{file.with_name('new')}") is None
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_read_only_database_is_named(file: Path) -> None:
    """By SQLite's own read-only mode: root may write into any file."""
    url = read_only_url(file)
    assert write_fault(url) == (
        f"db_url must be a database that can be written, {url} can't: attempt to write a readonly database"
    )


@pytest.mark.parametrize(("make", "reason"), [
    (lambda path: path.write_text("no database at all, but long enough" * 40), "file is not a database"),
    (lambda path: path.mkdir(), "unable to open database file"),
], ids=["text", "folder"])  # fmt: skip
def test_what_is_no_database_is_named(tmp_path: Path, make: object, reason: str) -> None:
    path = tmp_path / "trades.sqlite"
    make(path)  # type: ignore[operator]
    assert str(write_fault(f"sqlite:///{path}")).endswith(f"can't: {reason}")


def test_a_missing_folder_is_named_and_what_is_no_file_is_not_looked_at(tmp_path: Path) -> None:
    said = str(write_fault(f"sqlite:///{tmp_path}/gone/trades.sqlite"))
    assert said.endswith(f"no such folder: {tmp_path}/gone")
    for url in ("sqlite://", "sqlite:///:memory:", "postgresql://me@host/db", "nonsense", ""):
        assert write_fault(url) is None


def test_a_locked_database_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert str(write_fault(f"sqlite:///{file}")).endswith("can't: database is locked")
        other.rollback()


HOLDS = """
import sys, time
from ict_host.database import use_fault
print(use_fault(sys.argv[1]), flush=True)
time.sleep(600)
"""


def test_a_database_is_one_process_s_until_that_ends(file: Path) -> None:
    """Killed with -9 it leaves its file and no lock; the database itself stays free for readers."""
    url = f"sqlite:///{file}"
    line = [sys.executable, "-c", HOLDS, f"sqlite:///{os.path.relpath(file)}"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": SHIPPED}) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "None\n"
            used = f"db_url {url} is in use by another bot: stop that one, or give each bot its own"
            assert use_fault(url, takes=False) == use_fault(url) == used
            assert use_fault(f"sqlite:///{file.with_name('another')}") is write_fault(url) is None
        finally:
            other.kill()
    assert file.with_name(f"{file.name}.lock").exists()
    assert use_fault(url, takes=False) is None
    assert file.with_name(f"{file.name}.lock") not in database._held, "a look takes nothing"
    assert use_fault(url) is use_fault(url) is None, "a reload starts again in one process"
    nowhere = f"sqlite:///{file.with_name('nowhere')}/x"
    assert str(use_fault(nowhere)).endswith("unable to open database file")


def fault(market: str) -> str | None:
    found = market_fault("sqlite:///x", market, simulated=market.startswith("simulated"))
    if found is None:
        claim_book(market)
    return found


@pytest.mark.usefixtures("book")
def test_an_empty_book_is_of_the_market_that_uses_it_and_one_with_trades_of_one_alone() -> None:
    """A look claims none."""
    assert market_fault("sqlite:///x", TESTNET, simulated=False) is None
    assert KeyValueStore.get_string_value(database.MARKET_KEY) is None
    assert [fault(TESTNET), fault(PAPER), fault(TESTNET)] == [None, None, None]
    assert KeyValueStore.get_string_value(database.MARKET_KEY) == TESTNET
    opened()
    held = f"holds the trades of {TESTNET}, not of {PAPER}: give each market its own"
    assert [fault(TESTNET), fault(PAPER), fault(TESTNET)] == [None, f"db_url sqlite:///x {held}", None]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("simulated", [True, False])
def test_a_book_from_before_is_known_by_its_orders(simulated: bool) -> None:
    trade, _ = opened()
    if simulated:
        order = filled("buy", 60_000.0, trade.open_date_utc)
        order.order_id = "dry_run_buy_BTC/USDT:USDT_1"
        trade.orders.append(order)
        Trade.commit()
    right, wrong = (PAPER, TESTNET) if simulated else (TESTNET, PAPER)
    kind = "simulated" if simulated else "real"
    assert fault(wrong) == f"db_url sqlite:///x holds trades with {kind} orders: give each market its own"
    assert fault(right) is None
    assert str(fault(wrong)).startswith(f"db_url sqlite:///x holds the trades of {right}")
