"""The page Settings: people, API keys, the audit log, rules for the team."""
