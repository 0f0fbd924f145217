"""Settings turned by hand on a page of this machine, beside the chart: `python -m ict_lab.tune`."""
