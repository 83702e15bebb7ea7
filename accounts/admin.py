"""Contents: the read-mostly admin of accounts."""
