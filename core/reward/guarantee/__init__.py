"""A promise about picked answers, with a known chance of being broken."""
