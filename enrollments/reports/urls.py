"""Under /reports/, and the officer's first page."""

from django.urls import path

from enrollments.reports import views

urlpatterns = [
    path("office/", views.office, name="office"),
    path("reports/", views.report, name="report"),
    path("reports/people/", views.people, name="report-people"),
    path("reports/people/<int:person_id>/", views.person, name="report-person"),
    path("reports/exports/", views.exports, name="exports"),
    path("reports/export/", views.export, name="report-export"),
]
