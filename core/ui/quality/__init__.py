"""The page Quality: how far raters agree, what is to settle, and what the ratings mean."""
