"""Addresses of the register of gifts and hospitality of an edition."""

from django.urls import path

from punte.web.gifts import one, register

urlpatterns = [
    path("", register.show_all, name="gifts"),
    path("<uuid:gift_id>/", one.show_one, name="gift"),
]
