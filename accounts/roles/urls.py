"""Roles: /office/roles/"""

from django.urls import path

from accounts.roles import views

urlpatterns = [
    path("office/roles/", views.roles, name="office-roles"),
    path("office/roles/new/", views.new_role, name="office-role-new"),
    path("office/roles/<int:grant_id>/end/", views.end, name="office-role-end"),
]
