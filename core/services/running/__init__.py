"""Work beside the pages: workers, and trainings on a schedule."""
