"""What saved views keep about a person, for that person (UU 27/2022)."""

from typing import Any

from accounts.people.models import User
from accounts.signin.mydata import part_of_my_data
from enrollments.reports.models import SavedView


@part_of_my_data("saved_views")
def saved_views_of(person: User) -> list[dict[str, Any]]:
    """Their names and what they look for; one query."""
    rows = SavedView.objects.held_by(person).select_related("agency")
    return [
        {
            "name": view.name,
            "unit": view.agency.name if view.agency else None,
            "year": view.year,
            "show": view.show,
            "order": view.order,
            "search": view.text,
            "opens_first": view.is_default,
        }
        for view in rows
    ]
