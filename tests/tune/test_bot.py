"""A real bot on the loopback exchange reads the written settings when it is reloaded; it refuses in words."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.process import LiveBot
from ict_lab.bots.retest import Retest, RetestMarket
from ict_lab.errors import LabError
from ict_lab.tune.bot import Bot
from ict_lab.tune.controls import as_values, controls
from ict_lab.tune.setup import BotAccess, make_setup
from ict_lab.tune.workbench import Workbench

from ict import Params
from loopback.exchange import Exchange
from loopback.server import LoopbackServer
from tests.strategy.support import STRATEGY

USER, PASSWORD = "trader", "a-long-password"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def now_ms() -> int:
    return int(time.time() * 1_000)


def words_of(bot: LiveBot) -> str:
    return " ".join(bot.log_text().split())


def page(**changed: Any) -> dict[str, Any]:
    values = as_values(Params())
    return {control.name: control.shown(values[control.name]) for control in controls({})} | changed


def api(port: int) -> dict[str, Any]:
    key = "a-key-for-tokens-that-is-long-enough-for-everybody"
    known = {"enabled": True, "listen_port": port, "username": USER, "password": PASSWORD}
    return {"api_server": known | {"jwt_secret_key": key}, "ict": {"max_daily_trades": 2}}


def test_a_running_bot_reads_what_was_written(strategies: Path, tmp_path: Path, candle_folder: Path) -> None:
    port = free_port()
    settings = tmp_path / "api.json"
    settings.write_text(json.dumps(api(port)), encoding="utf-8")
    workbench = Workbench(
        make_setup([settings], strategies, candle_folder, strategies.parent / "trials.jsonl")
    )
    access = workbench.access()
    assert access == BotAccess(f"http://127.0.0.1:{port}", USER, PASSWORD)
    with LoopbackServer(Exchange(RetestMarket({"BTCUSDT": Retest(60_000.0, "long")}, now_ms()))) as exchange:
        extra = api(port) | {"exchange": {"ccxt_config": {"enableRateLimit": False}}}
        words = ("--strategy-path", str(strategies))
        with LiveBot(exchange, tmp_path / "bot", STRATEGY, extra=extra, arguments=words) as bot:
            bot.wait_for("its loop", lambda: "Changing state to: RUNNING" in words_of(bot))
            check_refusals(workbench, access)
            changed = page(stop_buffer=0.004, htf_gate="off", max_daily_trades=4)
            digest = workbench.standing(STRATEGY).stored.digest
            workbench.write(STRATEGY, changed, digest)
            said = workbench.reload_bot(STRATEGY, access)
            assert said.endswith("It read htf_gate = False, stop_buffer = 0.004.")
            assert "is running" in said
            # The block of the configuration wins, so the page does not write that one.
            assert "max_daily_trades" not in workbench.standing(STRATEGY).stored.values
        assert bot.refused_hosts == []


def check_refusals(workbench: Workbench, access: BotAccess) -> None:
    """Try what must not reach the bot; it is still there afterwards."""
    facts = workbench.bot_facts(access)
    assert (facts.strategy, facts.state, facts.dry_run) == (STRATEGY, "running", False)
    assert "orders that are sent to its exchange" in facts.sentence()
    with pytest.raises(LabError, match="refused this user name and password"):
        workbench.bot_facts(BotAccess(access.address, USER, "wrong"))
    with pytest.raises(LabError, match=f"must run ICTObTrendStrategy, it runs {STRATEGY}"):
        workbench.reload_bot("ICTObTrendStrategy", access)
    file = workbench.presets[STRATEGY].settings_file
    wrong = {"strategy_name": STRATEGY, "params": {"confluence": {"entry_threshold": 900.0}}}
    file.write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(LabError, match=r"nothing was reloaded.* entry_threshold must be between 0"):
        workbench.reload_bot(STRATEGY, access)
    file.unlink()


def test_no_bot_is_a_sentence() -> None:
    with pytest.raises(LabError, match="no bot answers at http"):
        Bot(BotAccess(f"http://127.0.0.1:{free_port()}", USER, PASSWORD)).facts()


@pytest.mark.parametrize(("answer", "sentence"), [
    ({"detail": "Not Found"}, "refused: Not Found"),
    ({"error": "Error querying /api/v1/count: trader is not running"}, "trader is not running"),
    ([1], "refused: "),
    (ValueError("no JSON"), "is no Freqtrade API"),
])  # fmt: skip
def test_a_refusal_is_a_sentence(monkeypatch: pytest.MonkeyPatch, answer: Any, sentence: str) -> None:
    bot = Bot(BotAccess("http://127.0.0.1:1", USER, PASSWORD))

    def call(*arguments: Any, **words: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(bot._client, "_call", call)
    with pytest.raises(LabError, match=sentence):
        bot.facts()
