"""Absences: /office/people/<id>/absences/"""

from django.urls import path

from accounts.absences import views

urlpatterns = [
    path("office/people/<int:person_id>/absences/new/", views.new_absence, name="office-absence-new"),
    path("office/absences/<int:absence_id>/", views.absence, name="office-absence"),
    path("office/absences/<int:absence_id>/remove/", views.remove, name="office-absence-remove"),
]
