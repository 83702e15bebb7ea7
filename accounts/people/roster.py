"""A roster: a sheet of people, read row by row against what is known. One row is one person, found by number.

An empty cell or a missing column says nothing and changes nothing. A person who is not in the sheet stays as is. Another unit,
post, golongan or status is a new placement from today on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.jobs.imports import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome, RowError
from accounts.people.actions import rank_fits
from accounts.people.models import PersonNumber, Rank, User
from accounts.people.nip import BadNumber, Nip, bare, parse_nip
from accounts.people.roster_writing import PLACE, write_people
from accounts.people.rules import may_manage_unit
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import Row, Sheet

COLUMNS = ("nip", "nama", "gelar_depan", "gelar_belakang", "email", "unit", "jabatan", "golongan", "status")
# Column → field of the profile, for text that is taken as it stands.
TEXTS = {"nama": "name", "gelar_depan": "title_before", "gelar_belakang": "title_after", "jabatan": "post"}
STATUSES = {
    "pns": User.Employment.PNS,
    "cpns": User.Employment.CPNS,
    "pppk": User.Employment.PPPK,
    "p3k": User.Employment.PPPK,
    "lainnya": User.Employment.OTHER,
    "other": User.Employment.OTHER,
}


@dataclass
class Line:
    """One row and what it means: the person, new or known, with the values that the row gives them."""

    row: Row
    person: User | None = None
    number: Nip | None = None
    changed: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    @property
    def kind(self) -> str:
        if self.errors or self.person is None:
            return REFUSED
        if self.person.pk is None:
            return CREATED
        return UPDATED if self.changed else UNCHANGED

    @property
    def changes_place(self) -> bool:
        return bool(self.changed.keys() & set(PLACE))

    def outcome(self) -> Outcome:
        return Outcome(
            row=self.row.number,
            kind=self.kind,
            label=self.row.get("nama", "")[:150],
            number=bare(self.row.get("nip", ""))[:30],
            unit=self.row.get("unit", "")[:60],
            errors=self.errors,
        )


class Roster:
    """The importer of people."""

    required: Sequence[str] = ("nip", "nama", "unit", "status")
    batch = 1000

    def __init__(self, sheet: Sheet, by: Any) -> None:
        self.sheet = sheet
        self.by = by
        self.rows = sheet.rows
        self.units = {unit.code.upper(): unit for unit in Agency.objects.get_queryset()}
        self.ranks = {(rank.scheme, rank.golongan.upper()): rank for rank in Rank.objects.all()}
        self.first_with_number = _first_rows(self.rows, "nip", bare)
        self.first_with_email = _first_rows(self.rows, "email", str.upper)

    def check(self, rows: list[Row]) -> list[Outcome]:
        return [line.outcome() for line in self.read(rows)]

    def write(self, rows: list[Row]) -> list[Outcome]:
        """Read and write again when somebody else took a number or an address in between: then the row says so."""
        for _try in range(3):
            lines = self.read(rows, lock=True)
            outcomes = [line.outcome() for line in lines]  # before writing, which gives new people their key
            try:
                with transaction.atomic():
                    write_people([line for line in lines if line.kind in {CREATED, UPDATED}], by=self.by)
            except IntegrityError:
                continue
            return outcomes
        raise Refusal(_("Somebody else is changing the same people. Try again in a moment."))

    def read(self, rows: list[Row], *, lock: bool = False) -> list[Line]:
        """What the rows mean against what is known now; with `lock` the known people stay as they are until commit."""
        numbers = [bare(row.get("nip", "")) for row in rows]
        known = _people_with(numbers, lock=lock)
        former = set(
            PersonNumber.objects.filter(number__in=numbers, until_on__isnull=False).values_list("number", flat=True)
        )
        emails = [row.get("email", "").upper() for row in rows if row.get("email")]
        owners = {
            row["address"]: row["pk"]
            for row in User.objects.annotate(address=Upper("email")).filter(address__in=emails).values("address", "pk")
        }
        lines = []
        for row, number in zip(rows, numbers, strict=True):
            line = Line(row)
            self._read_line(line, known.get(number), number in former, owners)
            lines.append(line)
        return lines

    def _read_line(self, line: Line, known: User | None, is_former: bool, owners: dict[str, int]) -> None:
        unit = self._unit(line)
        employment = self._employment(line, known)
        today = local_day(str(unit.zone)) if unit else local_day(Agency.Zone.WIB)
        self._number(line, employment, today, is_former and known is None)
        self._known_person(line, known)
        rank = self._rank(line, employment, known)
        values: dict[str, Any] = self._texts(line)
        email = self._email(line, known, owners)
        if line.errors or unit is None:
            return
        values |= {"agency_id": unit.pk, "employment": employment}
        if rank:
            values["rank_id"] = rank.pk
        if email:
            values["email"] = email
        person = known or User(nip=line.number.number if line.number else None)
        line.changed = {name: value for name, value in values.items() if getattr(person, name) != value}
        line.before = {name: getattr(person, name) for name in PLACE}
        for name, value in line.changed.items():
            setattr(person, name, value)
        person.agency = unit  # the object at hand, so that nobody asks the database for it a thousand times
        if known is None and line.number:
            person.birth_on, person.sex = line.number.birth_on, line.number.sex
        line.person = person

    def _unit(self, line: Line) -> Agency | None:
        code = line.row.get("unit", "")
        unit = self.units.get(code.upper())
        if not code:
            line.errors.append(RowError("unit", _("The unit code is missing.")))
        elif unit is None or not may_manage_unit(self.by, unit):
            line.errors.append(
                RowError(
                    "unit",
                    _("There is no unit with the code %(code)s in your reach.") % {"code": code[:40]},
                    _("The codes are on the page Units."),
                )
            )
            return None
        elif not unit.is_active:
            line.errors.append(RowError("unit", _("%(unit)s is closed.") % {"unit": unit}))
        return unit

    def _employment(self, line: Line, known: User | None) -> str:
        text = line.row.get("status", "")
        if not text and known:
            return known.employment
        status = STATUSES.get(text.lower().split(" ")[0].strip("."))  # "PPPK Penuh Waktu" is PPPK
        if status is None:
            line.errors.append(RowError("status", _("The status must be PNS, CPNS or PPPK.")))
        return status or ""

    def _number(self, line: Line, employment: str, today: date, is_former: bool) -> None:
        text = line.row.get("nip", "")
        if not employment:
            return
        try:
            line.number = parse_nip(text, employment, today=today)
        except BadNumber as refusal:
            hint = refusal.hint
            if refusal.was_shortened:
                hint = _(
                    "This often happens when the column is formatted as a number. Change the format of column %(letter)s to Text."
                ) % {"letter": self.sheet.letter_of("nip")}
            line.errors.append(RowError("nip", str(refusal.sentence), hint))
            return
        first = self.first_with_number.get(line.number.number)
        if first != line.row.number:
            line.errors.append(RowError("nip", _("This NIP is already in row %(row)s.") % {"row": first}))
        elif is_former:
            line.errors.append(
                RowError("nip", _("This number was replaced by another one."), _("Use the person's present number."))
            )

    def _known_person(self, line: Line, known: User | None) -> None:
        if known is None:
            return
        if self.by is not None and not may_manage_unit(self.by, known.agency):
            line.errors.append(
                RowError(
                    "nip",
                    _("This person serves outside your reach."),
                    _("Ask an officer whose reach covers both units."),
                )
            )
        elif not known.is_active:
            line.errors.append(
                RowError("nip", _("This account is inactive."), _("Activate it first on the person's page."))
            )

    def _rank(self, line: Line, employment: str, known: User | None) -> Rank | None:
        text = line.row.get("golongan", "")
        if not text:
            if known and known.rank and employment and not rank_fits(known.rank, employment):
                line.errors.append(RowError("golongan", _("The status changes, so the golongan is needed too.")))
            return None
        if not employment or employment == User.Employment.OTHER:
            return None
        scheme = Rank.Scheme.PPPK if employment == User.Employment.PPPK else Rank.Scheme.PNS
        bare_text = text.upper().removeprefix("GOLONGAN").removeprefix("GOL.").rsplit(" / ", 1)[-1].replace(" ", "")
        rank = self.ranks.get((scheme, bare_text))
        if rank is None:
            line.errors.append(
                RowError(
                    "golongan",
                    _("There is no golongan %(text)s for %(status)s.")
                    % {"text": text[:30], "status": User.Employment(employment).label},
                    _("PNS have I/a to IV/e, PPPK have I to XVII."),
                )
            )
        return rank

    def _texts(self, line: Line) -> dict[str, str]:
        values = {}
        for column, name in TEXTS.items():
            text = " ".join(line.row.get(column, "").split())
            if not text:
                continue
            most = int(getattr(User._meta.get_field(name), "max_length", None) or 0)
            if len(text) > most:
                line.errors.append(
                    RowError(column, _("%(count)d letters, at most %(most)d fit.") % {"count": len(text), "most": most})
                )
            values[name] = text
        if "name" not in values:
            line.errors.append(RowError("nama", _("The name is missing.")))
        return values

    def _email(self, line: Line, known: User | None, owners: dict[str, int]) -> str:
        email = line.row.get("email", "")
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            line.errors.append(RowError("email", _("%(email)s is no e-mail address.") % {"email": email[:100]}))
            return ""
        first = self.first_with_email.get(email.upper())
        owner = owners.get(email.upper())
        if first != line.row.number:
            line.errors.append(RowError("email", _("This e-mail is already in row %(row)s.") % {"row": first}))
        elif owner is not None and (known is None or owner != known.pk):
            line.errors.append(RowError("email", _("This e-mail address belongs to another person.")))
        elif known and known.email.upper() == email.upper():
            return known.email
        return email


def _first_rows(rows: list[Row], column: str, key: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        value = key(row.get(column, ""))
        if value:
            found.setdefault(value, row.number)
    return found


def _people_with(numbers: list[str], *, lock: bool) -> dict[str, User]:
    people = User.objects.filter(nip__in=[number for number in numbers if number]).prefetch_related("agency", "rank")
    if lock:
        people = people.order_by("pk").select_for_update(no_key=True)
    return {str(person.nip): person for person in people}
