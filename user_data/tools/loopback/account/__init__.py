"""The account behind the private routes: wallet, positions, orders, and their changes over time."""
