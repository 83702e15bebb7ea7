"""Conditions on materialised tree paths, for tables of every area."""

from collections.abc import Iterable

from django.db.models import Q


def below(paths: Iterable[str], prefix: str = "") -> Q:
    """A condition that holds for rows at or below one of the tree paths; with no path it holds for none.

    `prefix` leads to the path column: `Enrollment.objects.filter(below(paths, "learner__agency__"))`. The empty path is the
    whole forest.
    """
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition
