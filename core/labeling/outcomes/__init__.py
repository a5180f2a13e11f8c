"""What comes back from use, as programs send it."""
