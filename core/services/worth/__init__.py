"""The worth of all answers: audit samples, the model's scores of answers, and the figures that come of both."""
