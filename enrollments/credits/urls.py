"""/office/jp/ /office/people/<id>/jp/"""

from django.urls import path

from enrollments.credits import views

urlpatterns = [
    path("office/people/<int:person_id>/jp/", views.person_jp, name="office-person-jp"),
    path("office/jp/credits/<int:credit_id>/", views.credit, name="office-credit"),
    path("office/jp/years/", views.years, name="office-jp-years"),
    path("office/jp/years/<int:book_id>/<int:year>/", views.year, name="office-jp-year"),
]
