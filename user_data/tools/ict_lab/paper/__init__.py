"""``make paper``: the whole thing on this machine, with play money on the loopback exchange."""
