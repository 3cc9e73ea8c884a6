"""Addresses of the agenda of an edition."""

from django.urls import path

from punte.web.agenda import edit, elsewhere, exports, pages, session

urlpatterns = [
    path("", pages.show_agenda, name="agenda"),
    path("changes/", pages.show_changes, name="agenda_changes"),
    path("changes.atom", elsewhere.give_feed, name="agenda_feed"),
    path("on-your-site/", elsewhere.show_snippet, name="agenda_snippet"),
    path("now/", pages.show_now, name="agenda_now"),
    path("embed/", pages.show_embedded, name="agenda_embed"),
    path("print/", pages.show_printable, name="agenda_print"),
    path("schedule.xml", exports.give_xml, name="agenda_xml"),
    path("schedule.json", exports.give_json, name="agenda_json"),
    path("schedule.ics", exports.give_calendar, name="agenda_ics"),
    path("edit/", edit.show_drafts, name="agenda_edit"),
    path("edit/new/", edit.begin_session, name="agenda_new"),
    path("edit/<uuid:session_id>/", edit.change_session, name="agenda_change"),
    path("<uuid:session_id>/", session.show_session, name="agenda_session"),
    path("<uuid:session_id>/sign-up/", session.take_seat_in, name="agenda_sign_up"),
]
