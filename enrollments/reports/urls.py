"""Under /reports/, the team of a head, and the officer's first page."""

from django.urls import path

from enrollments.reports import evaluation_views, people_views, saved_views, views

urlpatterns = [
    path("office/", views.office, name="office"),
    path("reports/", views.report, name="report"),
    path("reports/known/", views.known, name="report-known"),
    path("reports/people/", people_views.people, name="report-people"),
    path("reports/people/<int:person_id>/", people_views.person, name="report-person"),
    path("reports/people/views/", saved_views.mine, name="report-views"),
    path("reports/people/views/<int:pk>/", saved_views.one, name="report-view"),
    path("reports/people/views/<int:pk>/delete/", saved_views.delete, name="report-view-delete"),
    path("team/", people_views.team, name="team"),
    path("reports/evaluation/", evaluation_views.evaluations, name="report-evaluation"),
    path("reports/evaluation/<str:code>/", evaluation_views.course_evaluation, name="report-evaluation-course"),
    path("reports/exports/", views.exports, name="exports"),
    path("reports/export/", views.export, name="report-export"),
]
