"""What is kept about a person, for that person (UU 27/2022: the right to see one's data)."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.absences.models import Absence
from accounts.people.models import PersonNumber, Placement, User
from accounts.portraits.models import Portrait
from accounts.roles.models import RoleGrant
from accounts.signin.models import PrivacyAcknowledgement

# What upper rooms keep about a person: by name, asked when the file is made.
Part = Callable[[User], list[dict[str, Any]]]
_parts: dict[str, Part] = {}


def part_of_my_data(name: str) -> Callable[[Part], Part]:
    """Register what an area keeps about a person, as plain values: `@part_of_my_data("claims")`."""

    def register(part: Part) -> Part:
        _parts[name] = part
        return part

    return register


@dataclass(frozen=True)
class MyData:
    person: User
    numbers: list[PersonNumber]
    placements: list[Placement]
    absences: list[Absence]
    grants: list[RoleGrant]
    acknowledgements: list[PrivacyAcknowledgement]
    # The present one first, then those that stand on papers.
    portraits: list[Portrait]

    @property
    def portrait(self) -> Portrait | None:
        return next((one for one in self.portraits if one.is_current), None)

    def plain(self) -> dict[str, Any]:
        """The same as plain values, for a file."""
        person = self.person
        return {
            "name": person.full_name,
            "nip": person.nip,
            "email": person.email,
            "phone": person.phone,
            "employment": person.get_employment_display(),
            "rank": str(person.rank or ""),
            "post": person.post,
            "unit": str(person.agency or ""),
            "birth_place": person.birth_place,
            "birth_on": person.birth_on.isoformat() if person.birth_on else None,
            "sex": person.get_sex_display(),
            "numbers": [
                {"number": n.number, "from": str(n.from_on), "until": str(n.until_on or "")} for n in self.numbers
            ],
            "placements": [
                {
                    "unit": str(p.agency),
                    "post": p.post,
                    "rank": str(p.rank or ""),
                    "from": str(p.from_on),
                    "until": str(p.until_on or ""),
                }
                for p in self.placements
            ],
            "absences": [
                {"kind": a.get_kind_display(), "from": str(a.from_on), "until": str(a.until_on), "decree": a.decree}
                for a in self.absences
            ],
            "roles": [
                {
                    "role": g.get_role_display(),
                    "unit": str(g.agency),
                    "from": str(g.from_on),
                    "until": str(g.until_on or ""),
                }
                for g in self.grants
            ],
            "privacy_notices": [
                {"version": a.notice.version, "acknowledged_at": a.at.isoformat()} for a in self.acknowledgements
            ],
            "photographs": [
                {
                    "given_at": one.created_at.isoformat(),
                    "is_current": one.is_current,
                    "jpeg_base64": _encoded(one),
                }
                for one in self.portraits
            ],
            **{name: part(person) for name, part in sorted(_parts.items())},
        }


def _encoded(portrait: Portrait) -> str | None:
    """None where the file is away: the rest of one's data is told all the same."""
    try:
        return b64encode(portrait.content()).decode()
    except OSError:
        return None


def data_of(person: User) -> MyData:
    """Read it in six queries."""
    return MyData(
        person=person,
        numbers=list(person.numbers.all()),
        placements=list(person.placements.select_related("agency", "rank")),
        absences=list(person.absences.all()),
        grants=list(person.grants.select_related("agency")),
        acknowledgements=list(person.privacy_acknowledgements.select_related("notice").order_by("-id")),
        portraits=list(person.portraits.order_by("-is_current", "-id")),
    )
