"""The page A or B, and what leads see of it on Quality."""
