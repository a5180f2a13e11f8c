"""The page Rate: one answer, one key, the next one."""
