"""What a tool takes where its command line names nothing else; paths are from the repository."""

from pathlib import Path

STRATEGY, PAIR, TIMEFRAME = "ICTObFvgStrategy", "BTC/USDT:USDT", "15m"
CONFIGS = (Path("config.json"), Path("user_data/config/public_data.json"))
RESULTS = Path("user_data/backtest_results")
