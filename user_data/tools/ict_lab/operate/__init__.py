"""Start, watch and stop the bot: what `make trade`, `watch`, `status`, `logs` and `stop` run."""
