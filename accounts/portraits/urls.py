"""Photographs: /me/photo/"""

from django.urls import path

from accounts.portraits import views

urlpatterns = [
    path("me/photo/", views.my_portrait, name="my-portrait"),
    path("me/photo/remove/", views.remove, name="my-portrait-remove"),
    path("portraits/<uuid:uid>/", views.picture, name="portrait"),
]
