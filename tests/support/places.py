"""Where things are in this repository."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
USER_DATA = REPOSITORY / "user_data"
STRATEGIES = USER_DATA / "strategies"
HYPEROPTS = USER_DATA / "hyperopts"
CONFIG = USER_DATA / "config"
TOOLS = USER_DATA / "tools"
LAB = TOOLS / "ict_lab"
LOOPBACK = TOOLS / "loopback"
# As a process's PYTHONPATH: what trades, and the tools beside it.
SHIPPED = f"{STRATEGIES}:{TOOLS}"
# As a proxy: no host can be reached.
NOWHERE = "http://127.0.0.1:9"
