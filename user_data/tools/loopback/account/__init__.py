"""The account behind the private routes: wallet, positions, orders, and what time does to them."""
