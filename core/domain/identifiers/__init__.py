"""Personal identifiers in texts: rules that find them, and what is shown instead."""
