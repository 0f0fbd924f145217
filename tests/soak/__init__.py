"""`make soak`: what it takes for agreement, and half an hour of it."""
