"""/ /catalogue/ /courses/<code>/ /learn/ /me/jp/"""

from django.urls import path

from enrollments.classroom import catalogue_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("catalogue/", catalogue_views.catalogue, name="catalogue"),
    path("courses/<str:code>/", views.course, name="course"),
    path("courses/<str:code>/enroll/", views.take_place, name="take-place"),
    path("learn/<int:enrollment_id>/", views.go_on, name="learn"),
    path("learn/<int:enrollment_id>/finished/", views.finished, name="finished"),
    path("learn/<int:enrollment_id>/withdraw/", views.give_back, name="give-back"),
    path("learn/<int:enrollment_id>/<uuid:uid>/", views.lesson, name="lesson"),
    path("me/jp/", views.my_jp, name="my-jp"),
]
