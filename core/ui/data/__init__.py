"""The page Data: import, export, browse and edit, erase."""
