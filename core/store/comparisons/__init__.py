"""A or B in the database: pairs, who is served which, what was said of them."""
