"""Settings with sliders on a local page, next to the chart: `python -m ict_lab.tune`."""
