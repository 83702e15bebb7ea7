"""Certificates."""

from django.urls import path

from enrollments.certificates import views

urlpatterns = [
    # /certificates/
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/<int:pk>/pdf/", views.paper, name="certificate-pdf"),
    path("certificates/<int:pk>/again/", views.again, name="certificate-again"),
    # /verify/
    path("verify/", views.verify_form, name="verify-form"),
    path("verify/<str:public_id>/", views.verify, name="verify"),
]
