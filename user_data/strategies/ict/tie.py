"""Comparisons in which a tie counts, whatever the last digits of a float."""

# Figures this close are equal: of prices as a part of the price, of points, percent and R as it is. It is
# far below any exchange's tick and any setting's step.
TIE = 1e-9
