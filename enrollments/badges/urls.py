"""Badges."""

from django.urls import path

from enrollments.badges import views

urlpatterns = [
    # /verify/
    path("verify/<str:public_id>/credential/", views.credential, name="verify-credential"),
    # /badges/
    path("badges/terms/", views.terms, name="badge-terms"),
    path("badges/check/", views.check, name="badge-check"),
    path("badges/check/file/", views.check_file, name="badge-check-file"),
    path("badges/<slug:slug>/did.json", views.keys, name="badge-keys"),
    path("badges/<slug:slug>/status/<int:number>/", views.status, name="badge-status"),
]
