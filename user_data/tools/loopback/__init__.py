"""A Binance USDⓈ-M futures stand-in on 127.0.0.1 for running the real Freqtrade and ccxt without the network.

The clients keep Binance's own URLs and reach this exchange through a CONNECT proxy, so ccxt's choice of error
table, which goes by URL, stays what it is on the demo exchange. There is one account with orders, positions
and money, and a control port to steer all of it; SOURCES.md says where the answers' fields come from. But for
the tests themselves, neither the strategy's package nor freqtrade is imported here.
"""
