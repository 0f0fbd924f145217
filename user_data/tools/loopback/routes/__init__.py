"""The routes of the exchange, one module per subject; the application includes each `router`."""
