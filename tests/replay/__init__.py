"""The fast replay: its parts by hand; tests/verdict/test_freqtrade.py holds it to the real Freqtrade."""
