"""What several tests share: markets, the product seen as the oracle is, and the comparison of columns."""
