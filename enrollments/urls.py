"""Contents: the addresses of enrollments."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("enrollments.classroom.urls")),
    path("", include("enrollments.certificates.urls")),
    path("", include("enrollments.designs.urls")),
    path("", include("enrollments.conversion.urls")),
    path("", include("enrollments.credits.urls")),
    path("", include("enrollments.claims.urls")),
    path("", include("enrollments.badges.urls")),
    path("", include("enrollments.grading.urls")),
    path("", include("enrollments.reminders.urls")),
    path("", include("enrollments.archives.urls")),
    path("", include("enrollments.issuance.urls")),
    path("", include("enrollments.rosters.urls")),
    path("", include("enrollments.siasn.urls")),
    path("", include("enrollments.surveys.urls")),
    path("", include("enrollments.reports.urls")),
    path("", include("enrollments.subscriptions.urls")),
    path("", include("enrollments.builder.urls")),
]
