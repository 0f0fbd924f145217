"""Where the tools are, and what lies beside them."""

from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
USER_DATA = TOOLS.parent
STRATEGIES = USER_DATA / "strategies"
CONFIG = USER_DATA / "config"
REPOSITORY = USER_DATA.parent
