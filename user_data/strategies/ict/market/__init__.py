"""What the chart shows: one module a pattern, each a pure function from candles to a frozen result."""
