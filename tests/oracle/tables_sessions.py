"""Kill zones on New York's clock. Rule KZ-1."""

from .table import Expected, Table, doji, each

STILL = doji(10, 10, 10)


def sessions(asia: tuple[int, int], london: tuple[int, int], new_york: tuple[int, int]) -> Expected:
    """Expect each session from its first to its last candle."""
    zones = each(*asia, "asia") | each(*london, "london") | each(*new_york, "new_york")
    return {"ict_kill_zone": zones}


# fmt: off
SESSION_TABLES = [
    # Candle i opens at i o'clock UTC. In winter New York is five hours behind.
    Table("kill_zones_in_winter", "KZ-1", [STILL] * 20, sessions((1, 4), (7, 9), (12, 14)),
        start="2024-01-15 00:00", step="1h"),
    # In summer it is four hours behind.
    Table("kill_zones_in_summer", "KZ-1", [STILL] * 20, sessions((0, 3), (6, 8), (11, 13)),
        start="2024-07-15 00:00", step="1h"),
    # 2024-03-10: at 07:00 UTC New York goes from 02:00 to 03:00, so London's zone lacks its first hour.
    Table("kill_zones_when_summer_time_begins", "KZ-1", [STILL] * 20, sessions((1, 4), (7, 8), (11, 13)),
        start="2024-03-10 00:00", step="1h"),
    # 2024-11-03: at 06:00 UTC New York goes from 02:00 back to 01:00.
    Table("kill_zones_when_summer_time_ends", "KZ-1", [STILL] * 20, sessions((0, 3), (7, 9), (12, 14)),
        start="2024-11-03 00:00", step="1h"),
    # 23:45 in New York is in Asia's zone, midnight is not.
    Table("kill_zone_ends_at_its_last_minute", "KZ-1", [STILL] * 3, {"ict_kill_zone": {0: "asia"}},
        start="2024-01-15 04:45"),
    # 01:45 in New York is before London's zone, 02:00 is in it.
    Table("kill_zone_begins_at_its_first_minute", "KZ-1", [STILL] * 3,
        {"ict_kill_zone": {1: "london", 2: "london"}}, start="2024-01-15 06:45"),
]
