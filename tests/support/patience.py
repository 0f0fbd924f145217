"""How long a test waits before it gives up, in seconds."""

# Nothing that works takes so long, on a machine that is busy with other things too; only what hangs does.
PATIENCE = 300.0
