"""Contents: the background tasks of courses."""
