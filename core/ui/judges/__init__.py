"""Whether an LLM judge can be relied on: what the tab Judges of Quality is made of."""
