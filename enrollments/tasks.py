"""Contents: the background tasks of enrollments."""
