"""Commands that answer a lead's questions: what all answers are worth, and whether a judge can be trusted."""
