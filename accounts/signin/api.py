"""`GET /api/v1/me`"""

from django.http import HttpRequest
from ninja import Router, Schema

from accounts.people import asking
from accounts.roles.queries import grants_of

router = Router(tags=["me"])


class RoleOut(Schema):
    role: str
    agency: str
    agency_code: str


class MeOut(Schema):
    name: str
    nip: str | None
    email: str
    employment: str
    post: str
    agency: str | None
    agency_code: str | None
    zone: str
    roles: list[RoleOut]


@router.get("/me", response=MeOut, summary="Who this is")
def me(request: HttpRequest) -> MeOut:
    person = asking.person(request)
    return MeOut(
        name=person.full_name,
        nip=person.nip,
        email=person.email,
        employment=person.employment,
        post=person.post,
        agency=str(person.agency) if person.agency else None,
        agency_code=person.agency.code if person.agency else None,
        zone=person.zone,
        roles=[
            RoleOut(role=grant.role, agency=str(grant.agency), agency_code=grant.agency.code)
            for grant in grants_of(person)
        ],
    )
