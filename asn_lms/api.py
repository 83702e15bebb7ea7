"""`/api/v1/`: the REST door. Knows everybody, decides nothing: each area's `api.py` brings its router."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from accounts.people.api import router as people
from accounts.signin.api import router as signin
from asn_lms.lib.refusals import problem
from courses.catalogue.api import router as courses
from enrollments.badges.api import router as badges
from enrollments.certificates.api import router as certificates
from enrollments.classroom.api import router as classroom
from enrollments.cohorts.api import router as cohorts
from enrollments.credits.api import router as credits
from enrollments.reports.api import router as reports

SAFE = {"GET", "HEAD", "OPTIONS"}


def signed_in(request: HttpRequest) -> Any:
    """By personal token (the middleware has read it), or by session; a session needs the CSRF token for what changes things."""
    if not request.user.is_authenticated:
        return None
    if request.method not in SAFE and not getattr(request, "by_token", False) and check_csrf(request) is not None:
        raise HttpError(
            403, _("The CSRF token is missing or wrong. Send it in the X-CSRFToken header, or use a personal token.")
        )
    return request.user


api = NinjaAPI(
    title="ASN LMS", version="1", urls_namespace="api", openapi_url="/openapi.json", docs_url=None, auth=signed_in,
    description="The same actions and the same permissions as the pages. Lists page by cursor; limit is at most 200.",
)  # fmt: skip


for router in (signin, people, courses, cohorts, classroom, certificates, badges, credits, reports):
    api.add_router("", router)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is nothing at this address."))


@api.exception_handler(RawPostDataException)
def no_json(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    return problem(400, _("Send JSON, as application/json."))


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = problem(401, _("Sign in, or send a personal token."))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    details = [
        {"field": ".".join(str(step) for step in one["loc"][1:]), "sentence": one["msg"]} for one in error.errors
    ]
    return problem(422, _("The request does not have the expected shape."), errors=details)
