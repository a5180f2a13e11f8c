"""LLM judges: models of other makers that scored answers, whose scores come with files or from programs."""
