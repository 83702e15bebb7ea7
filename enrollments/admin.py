"""Contents: the read-mostly admin of enrollments."""
