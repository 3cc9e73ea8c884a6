"""Addresses of the search."""

from django.urls import path

from punte.web.search import pages

urlpatterns = [
    path("search/", pages.show_search, name="search"),
    path("search/keep/", pages.keep, name="search_keep"),
    path("search/<uuid:search_id>/drop/", pages.drop, name="search_drop"),
]
