"""Contents: the read-mostly admin of courses."""
