"""Addresses of mails: the outbox of an edition, what a person wants, and the demo's mailbox."""

from django.urls import path

from punte.web.mailing import letter, outbox, own

urlpatterns = [
    path("e/<slug:slug>/mail/", outbox.show_outbox, name="outbox"),
    path("e/<slug:slug>/mail/<uuid:mail_id>/", letter.show_letter, name="outbox_mail"),
    path(
        "e/<slug:slug>/mail/<uuid:mail_id>/files/<int:number>/",
        letter.show_file,
        name="outbox_file",
    ),
    path("e/<slug:slug>/mail/kinds/", outbox.show_kinds, name="mail_kinds"),
    path("e/<slug:slug>/mail/kinds/<str:kind>/", outbox.show_wording, name="mail_wording"),
    path("me/mail/", own.show_wishes, name="mail_wishes"),
    path("mailbox/", own.show_mailbox, name="mailbox"),
    path("mailbox/<str:name>/<int:number>/", own.show_enclosure, name="mailbox_file"),
]
