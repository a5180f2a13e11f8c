"""What comes back from use: answers that programs send, and what users say of answers."""
