"""Tools for people: reports, tuning and verdicts, made from what Freqtrade exports."""
