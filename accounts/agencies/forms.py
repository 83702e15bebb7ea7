"""Input about units."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.agencies.queries import find_agencies, managed_agencies

_WITH_CODE = re.compile(r"\((?P<code>[^()]+)\)\s*$")


class AgencyField(forms.CharField):
    """A unit by its code, by its name, or as the list beside it writes it: "Dinas Kesehatan (DINKES)".

    Only units in the reach of `user` are found; another agency's unit is as unknown as one that never was.
    """

    user: Any = None

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Unit"))
        kwargs.setdefault("help_text", gettext_lazy("Type a part of the name, or the code."))
        super().__init__(max_length=300, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Agency) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        rows = managed_agencies(self.user)
        if (with_code := _WITH_CODE.search(text)) and (found := rows.filter(code__iexact=with_code["code"]).first()):
            return found
        if found := rows.filter(code__iexact=text).first():
            return found
        named = list(rows.filter(name__iexact=text)[:2]) or list(find_agencies(rows, text)[:4])
        if len(named) == 1:
            return named[0]
        if not named:
            raise ValidationError(_("No unit of yours is called “%(text)s”.") % {"text": text[:60]})
        listed = ", ".join(written(unit) for unit in named[:3])
        raise ValidationError(_("Several units fit: %(units)s. Write the code.") % {"units": listed})


def written(agency: Agency) -> str:
    return f"{agency.name} ({agency.code})"


class AgencyForm(forms.ModelForm[Agency]):
    class Meta:
        model = Agency
        fields = ["name", "short_name", "code", "kind", "zone"]
        help_texts = {
            "short_name": gettext_lazy("For tables and narrow screens, for example “Dinkes”."),
            "code": gettext_lazy("As in SIASN or in your spreadsheets. Imports find the unit by it."),
            "zone": gettext_lazy("Deadlines and reminders follow this zone."),
        }

    def validate_unique(self) -> None:
        """The action checks the code, so that screen and import say the same."""


class NewAgencyForm(AgencyForm):
    parent = AgencyField(label=gettext_lazy("Below which unit"))
    field_order = ["parent", "name", "short_name", "code", "kind", "zone"]

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, AgencyField)
        field.user = user


class MoveAgencyForm(forms.Form):
    parent = AgencyField(label=gettext_lazy("Move it below which unit"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, AgencyField)
        field.user = user
