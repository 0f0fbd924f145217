"""The real bot as a process on the loopback exchange: what paper, soak, chaos and tests run."""
