"""`make paper`: its options, and one run of all of it."""
