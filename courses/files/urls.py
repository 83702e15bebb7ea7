"""/files/…"""

from django.urls import path

from courses.files import views

urlpatterns = [path("files/<str:token>/<str:name>", views.media, name="media")]
