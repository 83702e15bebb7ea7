"""Screens of claims: a learner's own, the office's, files, spreadsheets."""

from enrollments.claims import own_data as own_data  # registers itself
