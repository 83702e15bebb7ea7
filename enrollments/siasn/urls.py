"""SIASN and IP-ASN."""

from django.urls import path

from enrollments.siasn import mapping_views, views

urlpatterns = [
    # /office/siasn/
    path("office/siasn/", views.office_siasn, name="office-siasn"),
    path("office/siasn/again/", views.all_again, name="office-siasn-all-again"),
    path("office/siasn/<int:pk>/again/", views.again, name="office-siasn-again"),
    path("office/siasn/<int:pk>/settle/", views.settle, name="office-siasn-settle"),
    path("office/siasn/export/", views.export, name="office-siasn-export"),
    path("office/siasn/handed/<uuid:uid>/", views.hand_over, name="office-siasn-handed"),
    path("office/siasn/mapping/", mapping_views.mapping, name="office-siasn-mapping"),
    path("office/siasn/mapping/<int:agency_id>/", mapping_views.agency, name="office-siasn-agency"),
    path("office/siasn/mapping/<int:agency_id>/<str:code>/", mapping_views.training_type, name="office-siasn-type"),
    path("office/siasn/courses/<str:code>/", mapping_views.course, name="office-siasn-course"),
    # /ip-asn/
    path("ip-asn/", views.my_index, name="my-index"),
    path("ip-asn/ask/", views.ask, name="my-index-ask"),
    path("ip-asn/points/", mapping_views.points, name="index-points"),
    path("ip-asn/points/<int:pk>/", mapping_views.point, name="index-point"),
]
