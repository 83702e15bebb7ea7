"""The yardstick: a view that says hello, on the same server and settings, without middleware. Only the bench serves it; the product's
own addresses do not know it.
"""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asn_lms.settings")
django.setup()
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Halo")


urlpatterns = [path("", hello)]
application = WSGIHandler()
