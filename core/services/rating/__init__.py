"""Rating answers: which one is next, and a rating kept without loss."""
