"""Keys stay out of the log also where the libraries below Freqtrade log whole requests."""

from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG
from ict_lab.bots.shipped import ShippedBot

from tests.live.conftest import MakeServer


def test_no_key_in_the_log_from_the_first_request_on(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    # It ends while its exchange is made, long before it trades: that is where a key could be told.
    server.operator.set_modes(hedge_mode=True)
    with ShippedBot(server, discord, tmp_path, verbosity="-vvv") as bot:
        assert bot.ended() == 2
