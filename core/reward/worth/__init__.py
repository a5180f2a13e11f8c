"""The worth of all answers, rated or not, from a sample that experts rated and the scores of a model."""
