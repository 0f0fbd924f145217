"""Many pairs in one bot, and one bot that analyses for others that trade."""
