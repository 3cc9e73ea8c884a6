"""Addresses of people, organisations and rights."""

from django.urls import path

from punte.web.people import (
    delegation,
    me,
    merging,
    organisations,
    places,
    rights,
    standing,
    tokens,
    vetting,
    vetting_bulk,
)

urlpatterns = [
    path("e/<slug:slug>/delegation/", delegation.show, name="delegation"),
    path("e/<slug:slug>/vetting/", vetting.show, name="vetting"),
    path("e/<slug:slug>/vetting/bulk/", vetting_bulk.decide_many, name="vetting_bulk"),
    path("e/<slug:slug>/vetting/stages/", vetting.show_stages, name="vetting_stages"),
    path("e/<slug:slug>/vetting/places/", places.show_places, name="vetting_places"),
    path("e/<slug:slug>/vetting/watch/", vetting.show_watch, name="vetting_watch"),
    path("e/<slug:slug>/vetting/<uuid:nomination_id>/", vetting.show_one, name="nomination"),
    path("e/<slug:slug>/rights/", rights.show, name="rights"),
    path("e/<slug:slug>/rights/behalf/", rights.begin_behalf, name="behalf_begin"),
    path("behalf/end/", rights.end_behalf, name="behalf_end"),
    path("invitation/<str:token>/", delegation.accept, name="invitation"),
    path("me/", me.show, name="me"),
    path("me/data.json", me.give_data, name="me_data"),
    path("me/erase/", me.erase, name="me_erase"),
    path("me/tokens/", tokens.show, name="me_tokens"),
    path("persons/merge/", merging.show, name="merge_persons"),
    path("suspensions/", standing.show, name="standing"),
    path("organisations/", organisations.show_all, name="organisations"),
    path("organisations/<uuid:organisation_id>/", organisations.show_one, name="organisation"),
]
