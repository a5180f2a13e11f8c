"""What comes back from use: answers that programs sent, and what users said of answers."""
