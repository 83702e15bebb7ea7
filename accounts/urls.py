"""Contents: the addresses of accounts."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.signin.urls")),
    path("", include("accounts.notices.urls")),
    path("", include("accounts.roles.urls")),
    path("", include("accounts.people.urls")),
    path("", include("accounts.absences.urls")),
    path("", include("accounts.portraits.urls")),
    path("", include("accounts.agencies.urls")),
    path("", include("accounts.jobs.urls")),
    path("", include("accounts.audit.urls")),
]
