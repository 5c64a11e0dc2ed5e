"""Past decisions of matching taken again in memory, under what was known at each moment."""
