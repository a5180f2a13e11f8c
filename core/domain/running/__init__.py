"""What is carried out beside the pages, and by whom."""
