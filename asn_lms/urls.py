"""Every address of the site. Decides nothing."""

from django.urls import include, path

from asn_lms import about, appearance, health
from asn_lms.api import api

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("guide/", about.guide, name="guide"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("me/theme/", appearance.theme, name="theme"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("courses.urls")),
    path("", include("enrollments.urls")),
]
handler400 = "asn_lms.errors.bad_request"
handler403 = "asn_lms.errors.forbidden"
handler404 = "asn_lms.errors.not_found"
handler500 = "asn_lms.errors.server_error"
