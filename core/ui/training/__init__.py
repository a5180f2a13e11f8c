"""The pages Train and Readiness: start a training, follow it, read what came of it."""
