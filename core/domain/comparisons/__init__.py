"""A or B: which of two answers to one question is the better one."""
