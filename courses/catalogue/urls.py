"""Addresses of the catalogue. The page of one course belongs to the classroom, which knows who studies."""

from django.urls import path

from courses.catalogue import views

# /catalogue/
urlpatterns = [path("catalogue/", views.catalogue, name="catalogue")]
