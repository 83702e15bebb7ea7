"""One cast for all tests: who they are, and what they may see.

City ("Kota")
├── Dinas A: `learner` and `head` serve here
├── Dinas B: `other_head` heads it and must never see A's people; `other_learner` serves here
└── BKPSDM: `officer`, `reviewer` and `trainer` serve here; their grants cover the city
"""

from dataclasses import dataclass

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from tests import make


@dataclass(frozen=True)
class Cast:
    city: Agency
    a: Agency
    b: Agency
    bkpsdm: Agency
    learner: User
    head: User
    officer: User
    reviewer: User
    trainer: User
    other_head: User
    other_learner: User
    admin: User

    def __getitem__(self, name: str) -> User:
        person: User = getattr(self, name)
        return person


def cast() -> Cast:
    """Write the cast's rows and return them."""
    city = make.agency("Kota Contoh", kind=Agency.Kind.INSTANSI)
    a = make.agency("Dinas A", parent=city, kind=Agency.Kind.OPD)
    b = make.agency("Dinas B", parent=city, kind=Agency.Kind.OPD)
    bkpsdm = make.agency("BKPSDM", parent=city, kind=Agency.Kind.OPD)
    role = RoleGrant.Role
    return Cast(
        city=city,
        a=a,
        b=b,
        bkpsdm=bkpsdm,
        learner=make.person("Rina Peserta", agency=a),
        head=make.person("Hadi Kepala", agency=a, role=role.HEAD),
        officer=make.person("Oka Petugas", agency=bkpsdm, role=role.OFFICER, over=city),
        reviewer=make.person("Rudi Penelaah", agency=bkpsdm, role=role.REVIEWER, over=city),
        trainer=make.person("Tia Widyaiswara", agency=bkpsdm, role=role.TRAINER, over=city),
        other_head=make.person("Bima Kepala", agency=b, role=role.HEAD),
        other_learner=make.person("Lina Peserta", agency=b),
        admin=make.person("Ada Admin", agency=bkpsdm, role=role.ADMIN, over=city),
    )
