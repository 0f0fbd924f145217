"""The verdict: known answers, published examples, and the real Freqtrade."""
