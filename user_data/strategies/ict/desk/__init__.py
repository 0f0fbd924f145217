"""What we do about what the chart shows: levels, sizes and limits. Knows no detector."""
