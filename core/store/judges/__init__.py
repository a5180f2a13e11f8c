"""What LLM judges said of answers: kept, counted, and read for measuring them."""
