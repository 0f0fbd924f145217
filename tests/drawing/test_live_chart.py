"""The real bot: a trade opens, and its API serves a chart with zones, entry, stop and target."""

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG, RESTING_STOPS
from ict_lab.bots.shipped import ShippedBot
from ict_lab.paper.bot import free_port

from loopback.symbols import SPECS
from tests.drawing.support import names, of_type
from tests.live.conftest import (  # noqa: F401
    MakeServer,
    discord,
    make_server,
    running_discord,
)
from tests.support.patience import PATIENCE

USER, PASSWORD = "freqtrader", "a-password-for-this-test"


class Api:
    """Asks the bot's API as FreqUI does."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1"
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}

    def get(self, path: str, **query: Any) -> Any:
        request = urllib.request.Request(f"{self._base}/{path}?{urlencode(query)}", headers=self._headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def answers(self) -> bool:
        try:
            return bool(self.get("ping"))
        except OSError:
            return False


def test_the_running_bots_chart_shows_its_zones_and_its_trade(
    make_server: MakeServer,  # noqa: F811
    discord: LoopbackDiscord,  # noqa: F811
    tmp_path: Path,
) -> None:
    port, pair = free_port(), SPECS[BTC].pair
    server = {
        "enabled": True, "listen_ip_address": "127.0.0.1", "listen_port": port, "username": USER,
        "password": PASSWORD, "jwt_secret_key": "0123456789abcdef0123456789abcdef", "verbosity": "error",
    }  # fmt: skip
    exchange = make_server({BTC: LONG})
    with ShippedBot(exchange, discord, tmp_path, extra={"api_server": server}) as bot:
        bot.wait_for("its stop is known", lambda: bot.rows(RESTING_STOPS))
        api = Api(port)
        bot.wait_for("the API answers", api.answers)
        chart = api.get("pair_candles", pair=pair, timeframe="15m", limit=300)
        (trade,) = api.get("status")
        assert api.get("plot_config")["main_plot"]
        log = bot.file_log()
    shown = chart["annotations"]
    assert {"+OB", f"entry {trade['open_rate']:,.6g}", f"stop {trade['stop_loss_abs']:,.6g}"} <= set(
        names(shown)
    )
    lines = {one["y_start"] for one in of_type(shown, "line")}
    assert {trade["open_rate"], trade["stop_loss_abs"]} <= lines
    # The block as RetestMarket makes it: from 0.6 percent below the price to 0.1 above.
    blocks = [(one["y_start"], one["y_end"]) for one in of_type(shown, "area")]
    assert (pytest.approx(LONG.at(-6.0)), pytest.approx(LONG.at(1.0))) in blocks
    assert "Invalid annotation data" not in log
    assert "comes without its drawings" not in log
