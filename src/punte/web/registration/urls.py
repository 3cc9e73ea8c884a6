"""Addresses of applications to come to an edition."""

from django.urls import path

from punte.web.registration import applicant, desk

urlpatterns = [
    path("e/<slug:slug>/apply/", applicant.show, name="apply"),
    path(
        "e/<slug:slug>/apply/file/<uuid:applicationfile_id>/",
        applicant.give_file,
        name="apply_file",
    ),
    path("e/<slug:slug>/applications/", desk.show, name="applications"),
    path("e/<slug:slug>/applications/form/", desk.show_form, name="application_form"),
    path("e/<slug:slug>/applications/<uuid:application_id>/", desk.show_one, name="application"),
    path(
        "e/<slug:slug>/applications/<uuid:application_id>/<uuid:applicationfile_id>/",
        desk.give_file,
        name="application_file",
    ),
]
