"""The tab of Quality that says what all answers are worth, rated or not."""
