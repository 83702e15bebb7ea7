"""Drills: the whole product at work while its parts are killed. What the outside was told is written down outside, and what must hold
is asked of the database in words of our own.
"""
