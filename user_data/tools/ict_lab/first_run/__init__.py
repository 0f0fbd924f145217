"""The first-run guide, `make setup`: asks, writes .env and one overlay, and has the start checked."""
