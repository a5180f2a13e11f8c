"""Every page of the dashboard at 1,000,000 answers and ratings, on both databases."""



