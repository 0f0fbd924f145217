"""The report: its figures against sums made by hand, its page in a real browser."""
