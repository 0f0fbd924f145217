"""A producer and a consumer in this process, with Freqtrade's own wire format and keeping between them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import CandleType, RunMode
from freqtrade.resolvers import StrategyResolver
from freqtrade.rpc.api_server.ws.serializer import HybridJSONWebSocketSerializer
from freqtrade.strategy.interface import IStrategy

from tests.strategy.live import configuration, give_bot
from tests.strategy.support import BTC, MVP
from tests.support.markets import resampled, synthetic
from tests.support.places import STRATEGIES

CONSUMER, PRODUCER_NAME = "ICTConsumerStrategy", "default"
TOKEN = "a-token-of-the-producer-0123456789"
TIMEFRAME, CANDLES = "15m", 1_500


def producers(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "host": "127.0.0.1", "port": 8080, "secure": False, "ws_token": TOKEN}
        for name in names
    ]


def consumer_block(*names: str, **changed: Any) -> dict[str, Any]:
    return {"enabled": True, "producers": producers(*(names or (PRODUCER_NAME,))), **changed}


def load(strategy: str, folder: Path = STRATEGIES, **changed: Any) -> IStrategy:
    """Load a strategy as a bot that trades, up to the moment before its first candle."""
    settings = configuration(RunMode.LIVE, strategy=strategy, strategy_path=str(folder))
    settings |= {"timeframe": TIMEFRAME, "candle_type_def": CandleType.FUTURES}
    settings |= {"ict": MVP, **changed}
    loaded = StrategyResolver.load_strategy(settings)
    loaded.dp = Provider(loaded.config, None)
    give_bot(loaded.dp)
    loaded.wallets = SimpleNamespace(
        get_available_stake_amount=lambda: 10_000.0, get_total=lambda currency: 10_000.0
    )
    # They guard a whole bot with its exchange, which tests/live has.
    loaded._guards = loaded._guard_reloads = loaded._new_board = loaded._use_fault = lambda: None
    loaded.ft_bot_start()
    loaded.bot_start()
    return loaded


class Provider(DataProvider):
    """Freqtrade's own, with markets, and higher timeframes made from the candles that are set."""

    candles = pd.DataFrame()

    def market(self, pair: str) -> dict[str, Any]:
        return {"symbol": pair}

    def get_pair_dataframe(self, pair: str, timeframe: str | None = None, candle_type: str = "") -> Any:
        return resampled(self.candles, str(timeframe))


@dataclass
class Wire:
    """A consumer's bot, and what producers send to it."""

    consumer: IStrategy

    def send(self, frame: pd.DataFrame, pair: str = BTC, producer: str = PRODUCER_NAME) -> None:
        """Send an analysed frame through JSON; Freqtrade's consumer keeps it, or misses what came before."""
        wire = HybridJSONWebSocketSerializer(None)
        received = wire._deserialize(wire._serialize({"df": frame.copy()}))["df"]
        self.consumer.dp._add_external_df(
            pair, received, datetime.now(UTC), TIMEFRAME, CandleType.FUTURES, producer
        )

    def loop(self, candles: pd.DataFrame, pair: str = BTC) -> pd.DataFrame:
        """Go through one loop of the consumer with its own candles and give its analysed frame."""
        self.consumer.bot_loop_start(current_time=datetime.now(UTC))
        frame = self.consumer.analyze_ticker(candles.copy(), {"pair": pair})
        self.consumer.dp._set_cached_df(pair, TIMEFRAME, frame, CandleType.FUTURES)
        return frame

    def told(self) -> list[str]:
        """Give the messages to the trader so far, after the loop that would send them."""
        self.consumer.bot_loop_start(current_time=datetime.now(UTC))
        # Telegram's markdown has its own marks escaped.
        return [text.replace("\\", "") for text in self.consumer.dp._msg_queue]


def analysed_by(producer: IStrategy, candles: pd.DataFrame, pair: str = BTC) -> pd.DataFrame:
    producer.dp.candles = candles
    return producer.analyze_ticker(candles.copy(), {"pair": pair})


def window(market: pd.DataFrame, newest: int) -> pd.DataFrame:
    """Cut the candles that a bot has when one of them has just closed."""
    return market.iloc[newest + 1 - CANDLES : newest + 1].reset_index(drop=True)


def market(seed: int = 7) -> pd.DataFrame:
    """Make a market without gaps in its time, so that Freqtrade's consumer takes each next candle."""
    frame = synthetic(2_000, seed=seed)
    return frame.assign(date=pd.date_range(frame["date"].iloc[0], periods=len(frame), freq="15min"))


def entries_of(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["enter_long"] == 1) | (frame["enter_short"] == 1)]
