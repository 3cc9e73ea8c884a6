"""Addresses of the pages with which an edition is set up."""

from django.urls import path

from punte.web.setup import (
    apart,
    ending,
    languages,
    pages,
    parts,
    plans,
    press,
    rules,
    venue,
    webhooks,
)

urlpatterns = [
    path("editions/new/", pages.create, name="edition_new"),
    path("e/<slug:slug>/set-up/", pages.show, name="set_up"),
    path("e/<slug:slug>/set-up/copy/", pages.copy, name="set_up_copy"),
    path("e/<slug:slug>/set-up/end/", ending.show, name="set_up_end"),
    path("e/<slug:slug>/set-up/facts/", parts.show_facts, name="set_up_facts"),
    path("e/<slug:slug>/set-up/phases/", parts.show_phases, name="set_up_phases"),
    path("e/<slug:slug>/set-up/hosts/", parts.show_hosts, name="set_up_hosts"),
    path("e/<slug:slug>/set-up/categories/", parts.show_categories, name="set_up_categories"),
    path("e/<slug:slug>/set-up/apart/", apart.show, name="set_up_apart"),
    path("e/<slug:slug>/set-up/press/", press.show, name="set_up_press"),
    path(
        "e/<slug:slug>/set-up/press/<uuid:release_id>/", press.show_release, name="set_up_release"
    ),
    path("e/<slug:slug>/set-up/words/", languages.show, name="set_up_words"),
    path("e/<slug:slug>/set-up/rules/", rules.show, name="set_up_rules"),
    path("e/<slug:slug>/set-up/venue/", venue.show, name="set_up_venue"),
    path("e/<slug:slug>/set-up/venue/plans/", plans.change, name="set_up_plans"),
    path("e/<slug:slug>/plan/<uuid:floorplan_id>/", plans.give, name="floor_plan"),
    path("e/<slug:slug>/set-up/webhooks/", webhooks.show_all, name="set_up_webhooks"),
    path(
        "e/<slug:slug>/set-up/webhooks/<uuid:webhook_id>/",
        webhooks.show_one,
        name="set_up_webhook",
    ),
]
