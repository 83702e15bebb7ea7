"""A roster: a sheet of people, read row by row against what is known. One row is one person, found by number.

An empty cell or a missing column says nothing and changes nothing. A person who is not in the sheet stays as is. Another unit,
post, golongan or status is a new placement from today on.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.jobs.imports import CREATED, UPDATED, Outcome, RowError
from accounts.people.actions import rank_fits
from accounts.people.firsts import Firsts, FirstsAtHand, FirstsOnDisk, Value
from accounts.people.models import PersonNumber, Rank, User
from accounts.people.nip import BadNumber, bare, parse_nip
from accounts.people.roster_lines import Known, Line
from accounts.people.roster_writing import write_people
from accounts.people.rules import may_manage_unit
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import Row, Stream

COLUMNS = ("nip", "nama", "gelar_depan", "gelar_belakang", "email", "unit", "jabatan", "golongan", "status")
# Column → field of the profile, for text that is taken as it stands.
TEXTS = {"nama": "name", "gelar_depan": "title_before", "gelar_belakang": "title_after", "jabatan": "post"}
LONGEST = {name: int(getattr(User._meta.get_field(name), "max_length", 0)) for name in TEXTS.values()}
STATUSES = {
    "pns": User.Employment.PNS,
    "cpns": User.Employment.CPNS,
    "pppk": User.Employment.PPPK,
    "p3k": User.Employment.PPPK,
    "lainnya": User.Employment.OTHER,
    "other": User.Employment.OTHER,
}


class Roster:
    """The importer of people. It takes the units and ranks as they are when it begins."""

    required: Sequence[str] = ("nip", "nama", "unit", "status")
    batch = 1000

    def __init__(self, sheet: Stream, by: Any, firsts: Firsts | None = None) -> None:
        self.sheet = sheet
        self.by = by
        self.rows: Iterable[Row] = sheet.rows
        self.units = {unit.code.upper(): unit for unit in Agency.objects.get_queryset()}
        ranks = list(Rank.objects.all())
        self.ranks = {(rank.scheme, rank.golongan.upper()): rank for rank in ranks}
        self.ranks_by_key: dict[int | None, Rank] = {rank.pk: rank for rank in ranks}
        self.firsts = firsts or FirstsAtHand(sheet.rows)

    def check(self, rows: list[Row]) -> list[Outcome]:
        return [line.outcome() for line in self.read(rows)]

    def write(self, rows: list[Row]) -> list[Outcome]:
        """Read and write again when somebody else took a number or an address in between: then the row says so."""
        for _try in range(3):
            lines = self.read(rows, lock=True)
            try:
                with transaction.atomic():
                    write_people([line for line in lines if line.kind in {CREATED, UPDATED}], by=self.by)
            except IntegrityError:
                continue
            return [line.outcome() for line in lines]
        raise Refusal(_("Somebody else is changing the same people. Try again in a moment."))

    def read(self, rows: list[Row], *, lock: bool = False) -> list[Line]:
        """What the rows mean against what is known now; with `lock` the known people stay as they are until commit."""
        numbers = [bare(row.get("nip", "")) for row in rows]
        now = _Now(self, rows, numbers, lock=lock)
        return [self._read_line(row, number, now) for row, number in zip(rows, numbers, strict=True)]

    def _read_line(self, row: Row, number: str, now: "_Now") -> Line:
        known = now.known.get(number)
        line = Line(row, known)
        line.unit = self._unit(line)
        employment = self._employment(line, known)
        line.today = now.day(line.unit.zone if line.unit else Agency.Zone.WIB)
        self._number(line, employment, now)
        self._known_person(line, known, now)
        rank = self._rank(line, employment, known)
        values: dict[str, Any] = self._texts(line)
        email = self._email(line, known, now)
        if line.errors or line.unit is None:
            return line
        values |= {"agency_id": line.unit.pk, "employment": employment}
        if rank:
            values["rank_id"] = rank.pk
        if email:
            values["email"] = email
        line.changed = {name for name, value in values.items() if known is None or getattr(known, name) != value}
        line.values = values
        return line

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

    def _employment(self, line: Line, known: Known | None) -> str:
        text = line.row.get("status", "")
        if not text and known:
            return known.employment
        status = STATUSES.get(text.lower().split(" ")[0].strip("."))  # "PPPK Penuh Waktu" is PPPK
        if status is None:
            line.errors.append(RowError("status", _("The status must be PNS, CPNS or PPPK.")))
        return status or ""

    def _number(self, line: Line, employment: str, now: "_Now") -> None:
        text = line.row.get("nip", "")
        if not employment:
            return
        try:
            line.number = parse_nip(text, employment, today=line.today)
        except BadNumber as refusal:
            hint = refusal.hint
            if refusal.was_shortened:
                hint = _(
                    "This often happens when the column is formatted as a number. Change the format of column %(letter)s to Text."
                ) % {"letter": self.sheet.letter_of("nip")}
            line.errors.append(RowError("nip", str(refusal.sentence), hint))
            return
        first = now.firsts.get(("nip", line.number.number))
        if first != line.row.number:
            line.errors.append(RowError("nip", _("This NIP is already in row %(row)s.") % {"row": first}))
        elif line.known is None and line.number.number in now.former:
            line.errors.append(
                RowError("nip", _("This number was replaced by another one."), _("Use the person's present number."))
            )

    def _known_person(self, line: Line, known: Known | None, now: "_Now") -> None:
        if known is None:
            return
        if self.by is not None and not may_manage_unit(self.by, now.agencies.get(known.agency_id)):
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

    def _rank(self, line: Line, employment: str, known: Known | None) -> Rank | None:
        text = line.row.get("golongan", "")
        if not text:
            present = self.ranks_by_key.get(known.rank_id) if known else None
            if present and employment and not rank_fits(present, employment):
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
            most = LONGEST[name]
            if len(text) > most:
                line.errors.append(
                    RowError(column, _("%(count)d letters, at most %(most)d fit.") % {"count": len(text), "most": most})
                )
            values[name] = text
        if "name" not in values:
            line.errors.append(RowError("nama", _("The name is missing.")))
        return values

    def _email(self, line: Line, known: Known | None, now: "_Now") -> str:
        email = line.row.get("email", "")
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            line.errors.append(RowError("email", _("%(email)s is no e-mail address.") % {"email": email[:100]}))
            return ""
        first = now.firsts.get(("email", email.upper()))
        owner = now.owners.get(email.upper())
        if first != line.row.number:
            line.errors.append(RowError("email", _("This e-mail is already in row %(row)s.") % {"row": first}))
        elif owner is not None and (known is None or owner != known.pk):
            line.errors.append(RowError("email", _("This e-mail address belongs to another person.")))
        elif known and known.email.upper() == email.upper():
            return known.email
        return email


class LongRoster(Roster):
    """The same for a file of any length, which is read once, from top to bottom."""

    batch = 4000

    def __init__(self, sheet: Stream, by: Any) -> None:
        super().__init__(sheet, by, FirstsOnDisk())


class _Now:
    """What is known now of the people, numbers and addresses of some rows."""

    def __init__(self, roster: Roster, rows: list[Row], numbers: list[str], *, lock: bool) -> None:
        self.known = _people_with(numbers, lock=lock)
        missing = [number for number in numbers if number and number not in self.known]
        self.former = set(
            PersonNumber.objects.filter(number__in=missing, until_on__isnull=False).values_list("number", flat=True)
        )
        emails = [row.get("email", "").upper() for row in rows if row.get("email")]
        people = User.objects.annotate(address=Upper("email")).filter(address__in=emails)
        self.owners: dict[str, int] = dict(people.values_list("address", "pk"))
        self.firsts: dict[Value, int] = roster.firsts.of(rows)
        keys = {person.agency_id for person in self.known.values()} if roster.by is not None else set()
        self.agencies: dict[int | None, Agency] = {**Agency.objects.in_bulk(keys - {None})}
        self._days: dict[str, date] = {}

    def day(self, zone: str) -> date:
        """Today in that zone, asked once."""
        if zone not in self._days:
            self._days[zone] = local_day(zone)
        return self._days[zone]


def _people_with(numbers: list[str], *, lock: bool) -> dict[str, Known]:
    people = User.objects.filter(nip__in=[number for number in numbers if number]).order_by("pk")
    if lock:
        people = people.select_for_update(no_key=True)
    return {person.nip: person for person in map(Known._make, people.values_list(*Known._fields))}
