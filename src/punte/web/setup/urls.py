"""Addresses of the pages with which an edition is set up."""

from django.urls import path

from punte.web.setup import pages, venue

urlpatterns = [
    path("editions/new/", pages.create, name="edition_new"),
    path("e/<slug:slug>/set-up/", pages.show, name="set_up"),
    path("e/<slug:slug>/set-up/copy/", pages.copy, name="set_up_copy"),
    path("e/<slug:slug>/set-up/venue/", venue.show, name="set_up_venue"),
]
