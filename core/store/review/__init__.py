"""What is read to look at ratings again."""
