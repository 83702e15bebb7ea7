"""Under /reports/, and the officer's first page."""

from django.urls import path

from enrollments.reports import evaluation_views, views

urlpatterns = [
    path("office/", views.office, name="office"),
    path("reports/", views.report, name="report"),
    path("reports/known/", views.known, name="report-known"),
    path("reports/people/", views.people, name="report-people"),
    path("reports/people/<int:person_id>/", views.person, name="report-person"),
    path("reports/evaluation/", evaluation_views.evaluations, name="report-evaluation"),
    path("reports/evaluation/<str:code>/", evaluation_views.course_evaluation, name="report-evaluation-course"),
    path("reports/exports/", views.exports, name="exports"),
    path("reports/export/", views.export, name="report-export"),
]
