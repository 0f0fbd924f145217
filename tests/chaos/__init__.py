"""`make chaos`: its scenarios, what it takes for a fault, and a handful of them."""
