import shutil
import subprocess
from pathlib import Path

from tests.support.needs import needs_git
from tests.support.places import REPOSITORY

PRIVATE = [
    ".env", ".env.production", "logs/trader.log", "logs/trader.log.1", "user_data/tradesv3.demo.sqlite",
    "user_data/tradesv3.demo.sqlite-wal", "user_data/data/binance/futures/BTC_USDT_USDT-15m-futures.feather",
    "user_data/backtest_results/result.zip", "user_data/config/mine.local.json",
    "user_data/config/loopback.local.ca.pem", ".venv/bin/python",
    "user_data/strategies/ict/__pycache__/x.pyc",
]  # fmt: skip
PUBLIC = [
    ".env.example", "config.json", "logs/.gitkeep", "user_data/config/dry_run.json", "docker-compose.yml",
    "user_data/strategies/ICTObFvgStrategy.py", "user_data/strategies/ict/market/swings.py",
    "user_data/hyperopts/loss.py", "tests/loopback/server.py", "tests/golden/data/x.feather",
]  # fmt: skip


@needs_git
def test_private_files_are_ignored_and_public_ones_are_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(REPOSITORY / ".gitignore", tmp_path)

    asked = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=tmp_path, input="\n".join(PRIVATE + PUBLIC), capture_output=True, text=True,
    )  # fmt: skip
    assert asked.stdout.splitlines() == PRIVATE
