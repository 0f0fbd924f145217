"""The routes of the exchange, one module a subject; each has a `router` for the application to include."""
