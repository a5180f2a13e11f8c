"""Raters, accounts, sign-ins and API keys."""
