"""The report of a training: tables, figures, and the file to hand on."""
