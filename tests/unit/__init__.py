"""Facts worked by hand, one module of the product at a time."""
