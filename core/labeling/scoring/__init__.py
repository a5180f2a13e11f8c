"""Files of answers that are to be scored: which columns, and what the file with the scores holds."""
