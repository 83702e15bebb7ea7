"""The form that takes a package."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.authoring.organisers import OrganiserField


class PackageForm(forms.Form):
    file = forms.FileField(
        label=_("Course package (ZIP)"),
        allow_empty_file=True,  # the action says what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    organiser = OrganiserField(
        label=_("Organiser"), help_text=_("For a new course. A course that is here already keeps its own.")
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organiser"]
        field.offer_to(user)
