"""What FreqUI is given to draw."""
