"""The page Settings: people, API keys, the audit log."""
