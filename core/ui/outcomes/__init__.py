"""What users said of answers, in words for the pages that show it."""
