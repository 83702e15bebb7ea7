"""Hours are told in the zone of the unit where the reader serves."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.people.zones import ZoneMiddleware
from tests import make

pytestmark = pytest.mark.django_db


def zone_in_force(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


@pytest.mark.parametrize("zone", Agency.Zone.values)
def test_a_page_reads_in_the_zone_of_ones_unit(zone: str) -> None:
    request = RequestFactory().get("/")
    request.user = make.person("Rina", agency=make.agency(zone=zone))
    before = timezone.get_current_timezone_name()
    assert ZoneMiddleware(zone_in_force)(request).content.decode() == zone
    assert timezone.get_current_timezone_name() == before


def test_nobody_reads_in_the_zone_of_the_site() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert ZoneMiddleware(zone_in_force)(request).content.decode() == "Asia/Jakarta"
