"""What a tool takes where its command line names nothing else; paths are from the repository."""

from pathlib import Path

from ict_lab.places import OWN_OVERLAY, REPOSITORY

STRATEGY, PAIR, TIMEFRAME = "ICTObFvgStrategy", "BTC/USDT:USDT", "15m"
CONFIGS = (Path("config.json"), Path("user_data/config/public_data.json"))
RESULTS = Path("user_data/backtest_results")


def own_overlay() -> tuple[Path, ...]:
    """Name what `make setup` wrote; nothing where it has not run."""
    return (OWN_OVERLAY.relative_to(REPOSITORY),) if OWN_OVERLAY.exists() else ()


def own_configs() -> tuple[Path, ...]:
    """Name the configuration of all that is about this person's own bot: what ships, and `make setup`'s."""
    return (*CONFIGS, *own_overlay())
