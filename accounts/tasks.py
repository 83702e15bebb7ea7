"""Contents: the background tasks of accounts."""
