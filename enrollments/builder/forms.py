"""The shape of a wish."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollments.builder.models import SavedReport
from enrollments.builder.wish import COLUMNS, WORDS, Rows, Wish
from enrollments.reports.staff import Show


class WishForm(forms.Form):
    """Which columns and rows; what can be chosen follows from `rows`."""

    rows = forms.ChoiceField(choices=Rows.choices, widget=forms.HiddenInput)
    columns = forms.MultipleChoiceField(label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple)
    show = forms.ChoiceField(label=_("Which people"), required=False, choices=Show.choices)
    measure = forms.ChoiceField(label=_("Only rows in which"), required=False)
    least = forms.DecimalField(label=_("is at least"), required=False, max_digits=12, decimal_places=2, localize=True)
    most = forms.DecimalField(label=_("is at most"), required=False, max_digits=12, decimal_places=2, localize=True)
    sort = forms.ChoiceField(label=_("In the order of"), required=False)
    is_descending = forms.BooleanField(label=_("Largest first"), required=False)

    def __init__(self, data: Any, *, rows: str) -> None:
        super().__init__(data)
        first, *others = COLUMNS[rows]
        figures = [(column.key, column.label) for column in COLUMNS[rows][WORDS[Rows(rows)] :]]
        self.fields["columns"].choices = [(column.key, column.label) for column in others]  # type: ignore[attr-defined]
        self.fields["measure"].choices = [("", _("any figure")), *figures]  # type: ignore[attr-defined]
        self.fields["sort"].choices = [  # type: ignore[attr-defined]
            ("", _("the report")), (first.key, first.label), *figures,
        ]  # fmt: skip
        for name in ("measure", "least", "most", "sort", "is_descending") if rows == Rows.PEOPLE else ("show",):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        least, most = found.get("least"), found.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("This is less than the least."))
        if (least is not None or most is not None) and not found.get("measure"):
            self.add_error("measure", _("Say which figure."))
        return found

    def wish(self) -> Wish:
        """For a form that is valid."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Wish(**{**given, "columns": tuple(self.cleaned_data["columns"])})


class SaveForm(forms.ModelForm[SavedReport]):
    class Meta:
        model = SavedReport
        fields = ["name", "is_shared"]
        labels = {"name": _("Name"), "is_shared": _("Others who read this unit may use it too")}
        error_messages = {"name": {"required": _("Give it a name.")}}
