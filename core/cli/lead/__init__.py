"""Commands that answer a lead's questions."""
