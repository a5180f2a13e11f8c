"""The command line: reads arguments, calls one service function, prints its result."""
