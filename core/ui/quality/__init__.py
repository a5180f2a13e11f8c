"""How far raters agree: agreement, disagreements to settle, guidelines."""
