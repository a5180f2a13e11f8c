"""Running the system: backup and restore, the doctor, the status."""
