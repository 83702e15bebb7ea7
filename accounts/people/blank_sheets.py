"""Empty sheets for an import, to be filled in: the right columns, all of them text, and beside them the codes that may stand in them."""

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.agencies.queries import managed_agencies
from accounts.agencies.sheet import COLUMNS as AGENCY_COLUMNS
from accounts.people.models import Rank
from accounts.people.roster import COLUMNS as PEOPLE_COLUMNS
from asn_lms.lib.sheets import Leaf, write_book


def write_blank(file: IO[bytes], kind: str, user: Any) -> None:
    """`kind` is `people` or `agencies`. The first sheet is the one that the import reads; only units of that officer are listed."""
    write_book(file, _people(user) if kind == "people" else _agencies(user))


def _people(user: Any) -> Iterator[Leaf]:
    yield Leaf(_("People"), PEOPLE_COLUMNS, (), (22, 30, 14, 18, 30, 16, 34, 12, 12), is_to_be_filled=True)
    yield _units(user)
    ranks = ((rank.get_scheme_display(), rank.golongan, rank.name) for rank in Rank.objects.all())
    yield Leaf("golongan", ("status", "golongan", _("pangkat")), ranks, (12, 12, 34))


def _agencies(user: Any) -> Iterator[Leaf]:
    yield Leaf(_("Units"), AGENCY_COLUMNS, (), (18, 50, 18, 12, 10), is_to_be_filled=True)
    yield _units(user)
    kinds = [("kind", kind.value, kind.label) for kind in Agency.Kind]
    zones = [("zone", zone.label, zone.value) for zone in Agency.Zone]
    yield Leaf("kind, zone", (_("Column"), _("Write"), _("Meaning")), [*kinds, *zones], (12, 12, 34))


def _units(user: Any) -> Leaf:
    rows = managed_agencies(user).active().values_list("code", "name")
    return Leaf(_("Codes of units"), (_("code"), _("name")), rows.iterator(), (18, 60))
