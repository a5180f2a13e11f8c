"""People: accounts, sign-in, local names, API keys, and the audit log of what they did."""
