"""What the worth of all answers is told by, and how far an audit sample is, without a database."""
