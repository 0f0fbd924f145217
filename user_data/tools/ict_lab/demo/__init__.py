"""From a bare clone to Freqtrade's backtest tables: what `make demo` runs."""
