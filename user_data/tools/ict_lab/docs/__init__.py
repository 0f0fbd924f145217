"""The reference pages, made from what the code declares."""
