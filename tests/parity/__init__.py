"""`ict_lab.parity`: live bot and backtest agree, and the comparison sees faults."""
