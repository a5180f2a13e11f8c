"""A promise about picked answers: what can be asked for, and what became of it."""
