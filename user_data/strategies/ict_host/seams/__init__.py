"""Every private or undocumented name, text and habit of Freqtrade that this product builds on.

A later Freqtrade may change any of them. `names.missing` is run at each start that can cost money, and a test
runs it too, so that a guard never goes quiet: the bot does not start without it.
"""
