"""The words and rules of the product: plain Python, standard library only."""
