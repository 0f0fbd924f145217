"""What the tools of the lab share."""
