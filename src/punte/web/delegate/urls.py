"""Addresses of a delegate's pages at an edition."""

from django.urls import path

from punte.web.delegate import (
    availability,
    contact,
    day,
    notes,
    people,
    requests,
    suggestions,
    views,
)

urlpatterns = [
    path("my/suggestions/", suggestions.show, name="suggestions"),
    path("my/", views.show_my_meetings, name="my_meetings"),
    path("my/notes/", notes.show_notes, name="my_notes"),
    path("my/contact/", contact.show_contact, name="my_contact"),
    path("my/listing/", day.change_listing, name="my_listing"),
    path("my/calendar/", day.change_feed, name="my_calendar"),
    path("my/app.webmanifest", day.give_manifest, name="my_manifest"),
    path("my/badge.svg", day.show_badge, name="my_badge"),
    path("people/", people.show_people, name="people"),
    path("people/<uuid:delegate_id>/", people.show_person, name="person"),
    path("people/<uuid:delegate_id>/contact.vcf", contact.give_card, name="contact_card"),
    path("requests/", requests.show_requests, name="requests"),
    path("requests/<uuid:request_id>/", requests.show_request, name="request"),
    path(
        "requests/<uuid:request_id>/<slug:step>/",
        requests.take_request_step,
        name="request_step",
    ),
    path("availability/", availability.show_availability, name="availability"),
]
