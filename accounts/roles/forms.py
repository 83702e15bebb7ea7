"""Input about roles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.forms import AgencyField
from accounts.people.queries import find_person
from accounts.roles.models import RoleGrant


class PersonField(forms.CharField):
    """A person of the user's units by number, e-mail or name. Sent by POST only, since it may be a number."""

    user: Any = None

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        found = find_person(self.user, text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Nobody active in your units has this number, e-mail or name."))
        listed = "; ".join(
            f"{person.full_name}, {person.agency.label if person.agency else ''}" for person in found[:3]
        )
        raise ValidationError(_("Several people fit: %(people)s. Write the NIP.") % {"people": listed})


class RoleForm(forms.ModelForm[RoleGrant]):
    person = PersonField(
        label=gettext_lazy("Person"),
        help_text=gettext_lazy("NIP, e-mail or name of somebody in your units."),
        max_length=150,
    )
    agency = AgencyField(
        label=gettext_lazy("In which unit"),
        help_text=gettext_lazy("The role counts there and in everything below. Type a part of the name, or the code."),
    )
    field_order = ["person", "role", "agency", "basis", "decree", "from_on", "until_on"]

    class Meta:
        model = RoleGrant
        fields = ["role", "basis", "decree", "from_on", "until_on"]
        help_texts = {
            "basis": gettext_lazy("Plt. and Plh. are for heads only."),
            "decree": gettext_lazy("Number of the decree, when there is one."),
            "from_on": gettext_lazy("For example 14-09-2026"),
            "until_on": gettext_lazy("Leave it empty when the end is not known."),
        }

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "agency"):
            field = self.fields[name]
            assert isinstance(field, PersonField | AgencyField)
            field.user = user
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        may_make_admins = bool(user.reach("admin"))
        role.choices = [
            (value, label)
            for value, label in RoleGrant.Role.choices
            if value != RoleGrant.Role.ADMIN or may_make_admins
        ]

    def validate_unique(self) -> None:
        """The action checks what exists already."""

    def validate_constraints(self) -> None:
        """Likewise."""


class EndRoleForm(forms.Form):
    until_on = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The role counts on that day for the last time. Yesterday ends it at once."),
    )
