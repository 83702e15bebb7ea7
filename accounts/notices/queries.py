"""Reading notices."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.agencies.models import Agency
from accounts.notices.models import Notice, NoticeQuerySet
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day
from asn_lms.lib.prepared import Prepared, Slot

PAGE = 30
BEYOND = 2**63 - 1  # no message has a number like this


@dataclass(frozen=True)
class Inbox:
    """A page of messages in the groups in which they are read: today, this week, before."""

    today: list[Notice]
    week: list[Notice]
    older: list[Notice]
    newest_id: int
    next_before: int | None

    @property
    def is_empty(self) -> bool:
        return not (self.today or self.week or self.older)


_SHOWN = Prepared(lambda: _before().order_by("-id")[: PAGE + 1])
_UNREAD = Prepared(lambda: _before().unread().order_by("-id")[: PAGE + 1])


def _before() -> NoticeQuerySet:
    return Notice.objects.held_by(Slot("person")).shown().filter(pk__lt=Slot("before"))


def inbox_page(person: User, *, before: int | None, only_unread: bool, today: date) -> Inbox:
    """The person's messages, newest first, `PAGE` at a time, older than message `before` if given."""
    rows = _UNREAD if only_unread else _SHOWN
    found = rows.rows(person=person.pk, before=BEYOND if before is None else before)
    shown = found[:PAGE]
    dated = [(local_day(person.zone, one.created_at), one) for one in shown]
    monday = today - timedelta(days=today.weekday())
    return Inbox(
        today=[one for day, one in dated if day >= today],
        week=[one for day, one in dated if monday <= day < today],
        older=[one for day, one in dated if day < min(monday, today)],
        newest_id=shown[0].pk if shown else 0,
        next_before=shown[-1].pk if len(found) > PAGE else None,
    )


def officers_over(agency: Agency | None) -> list[User]:
    """The training officers whose grant covers this unit today; without any, the administrators who do."""
    if agency is None:
        return []
    paths = [agency.path[:length] for length in range(Agency.steplen, len(agency.path) + 1, Agency.steplen)]
    grants = RoleGrant.objects.effective(local_day(agency.zone)).filter(
        agency__path__in=paths, person__is_active=True, role__in=[RoleGrant.Role.OFFICER, RoleGrant.Role.ADMIN]
    )
    rows = list(grants.select_related("person"))
    officers = {grant.person for grant in rows if grant.role == RoleGrant.Role.OFFICER}
    return sorted(officers or {grant.person for grant in rows}, key=lambda person: person.pk)
