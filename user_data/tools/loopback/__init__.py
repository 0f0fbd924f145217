"""A Binance USDⓈ-M futures stand-in on 127.0.0.1 for running the real Freqtrade and ccxt without the network.

Clients keep Binance's own URLs and reach this exchange through a CONNECT proxy, so ccxt chooses its error
table, which depends on the URL, as on the demo exchange. There is one account with orders, positions and
money, and a control port to steer it all; SOURCES.md lists the source of each field. Except in its tests,
nothing here imports freqtrade or a strategy.
"""
