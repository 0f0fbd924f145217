"""The shipped strategy in the real bot, against an exchange and a Discord on this machine."""
