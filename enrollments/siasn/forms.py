"""Input about the mapping: shape only, the actions check the rules."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from courses.structure.models import Course
from courses.taxonomy.models import TrainingType
from enrollments.siasn.models import AgencyMapping, CourseMapping, IndexPoint, TypeMapping

_ID = RegexValidator(
    re.compile(r"\A[0-9A-Za-z-]{1,36}\Z"),
    _("An id of SIASN holds letters, digits and dashes only, at most 36 of them."),
)
_HEX = RegexValidator(
    re.compile(r"\A(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\Z"),
    _("The id has 32 letters and digits (0–9, A–F). Copy it as SIASN shows it."),
)


def basis_field(required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Where does this come from?"),
        max_length=250,
        required=required,
        help_text=_("For example: BKN's list of 3 March 2026, or the letter by which it was told."),
    )


class AgencyForm(forms.Form):
    """One field that matters."""

    instansi_id = forms.CharField(
        label=_("instansiId"),
        max_length=36,
        validators=[_HEX],
        help_text=_(
            "32 letters and digits. It stands in SIASN's reference data (instansi), under the name of your government."
        ),
    )
    basis = basis_field()

    def __init__(self, *args: Any, known: AgencyMapping | None = None, **kwargs: Any) -> None:
        if known is not None:
            kwargs.setdefault("initial", {"instansi_id": known.instansi_id, "basis": known.basis})
        super().__init__(*args, **kwargs)


class TypeForm(forms.Form):
    certificate_kind = forms.CharField(
        label=_("jenisKursusSertipikat"),
        max_length=20,
        required=False,
        help_text=_(
            "The letter that SIASN wants (F, T or P), or “Sertipikat” where it has none. Not used for structural training."
        ),
    )
    document_ref = forms.CharField(
        label=_("id_ref_dokumen"),
        max_length=20,
        validators=[_ID],
        help_text=_(
            "As which document the certificate is uploaded. It stands in SIASN's reference data (ref-dokumen)."
        ),
    )
    basis = basis_field()

    def __init__(self, *args: Any, kind: TrainingType, known: TypeMapping | None = None, **kwargs: Any) -> None:
        initial = {"certificate_kind": kind.letter or "Sertipikat"}
        if known is not None:
            initial = {
                "certificate_kind": known.certificate_kind,
                "document_ref": known.document_ref,
                "basis": known.basis,
            }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)


class CourseForm(forms.Form):
    training_type = forms.ModelChoiceField(
        label=_("SIASN kind of training"),
        queryset=TrainingType.objects.all(),
        empty_label=_("As the course itself says"),
        required=False,
    )
    structural_id = forms.CharField(
        label=_("latihanStrukturalId"),
        max_length=36,
        required=False,
        validators=[_ID],
        help_text=_("Only for structural training (Latsar, PKP, PKA, PKN): its id in SIASN's list latihan-struktural."),
    )
    weight = forms.IntegerField(
        label=_("bobot"),
        min_value=0,
        max_value=1000,
        required=False,
        initial=0,
        help_text=_("Only for structural training; 0 where nothing is asked."),
    )
    basis = basis_field(required=False)

    def __init__(self, *args: Any, course: Course, known: CourseMapping | None = None, **kwargs: Any) -> None:
        if known is not None:
            kwargs.setdefault(
                "initial",
                {name: getattr(known, name) for name in ("structural_id", "weight", "basis")}
                | {"training_type": known.training_type_id},
            )
        super().__init__(*args, **kwargs)
        self.has_own_type = course.current is not None and course.current.training_type_id is not None

    def clean_weight(self) -> int:
        return int(self.cleaned_data["weight"] or 0)

    def clean_training_type(self) -> TrainingType | None:
        kind: TrainingType | None = self.cleaned_data["training_type"]
        if kind is None and not self.has_own_type:
            raise forms.ValidationError(_("The course itself names no kind of training. Choose one."))
        return kind


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PointForm(forms.Form):
    points = forms.DecimalField(label=_("Points"), min_value=0, max_value=40, max_digits=4, decimal_places=2)
    months = forms.IntegerField(
        label=_("Counts for so many months"), min_value=1, max_value=600, required=False, help_text=_("Empty: always.")
    )
    min_jp = forms.DecimalField(label=_("Least JP"), min_value=0, max_value=1000, max_digits=6, decimal_places=2)
    adds_up = forms.BooleanField(label=_("Several trainings add up to the least JP"), required=False)
    types = forms.MultipleChoiceField(
        label=_("SIASN kinds of training that count"), widget=forms.CheckboxSelectMultiple
    )
    exempt_posts = forms.CharField(
        label=_("Posts that are held to have it"),
        max_length=1000,
        required=False,
        help_text=_("The beginnings of their names, with commas between them."),
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=250, widget=forms.Textarea(attrs={"rows": 3}))
    valid_from = forms.DateField(label=_("Valid from"), widget=day_input())
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=day_input(), help_text=_("Empty: until further notice.")
    )

    def __init__(self, *args: Any, row: IndexPoint, **kwargs: Any) -> None:
        names = ("points", "months", "min_jp", "adds_up", "types", "legal_basis", "valid_from", "valid_until")
        kwargs.setdefault(
            "initial", {name: getattr(row, name) for name in names} | {"exempt_posts": ", ".join(row.exempt_posts)}
        )
        super().__init__(*args, **kwargs)
        kinds = self.fields["types"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        kinds.choices = list(TrainingType.objects.values_list("code", "name"))

    def clean_exempt_posts(self) -> list[str]:
        return [part.strip()[:60] for part in str(self.cleaned_data["exempt_posts"]).split(",") if part.strip()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day lies before the first."))
        return data
