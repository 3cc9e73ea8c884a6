"""Signing up takes as long for an address that has an account as for one that has none."""

from allauth.account.forms import SignupForm as AllauthForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse


class SignupForm(AllauthForm):  # type: ignore[misc]  # allauth has no annotations
    """allauth's form. It hashes a password in either case: the time of an answer would tell who is known here."""

    def try_save(self, request: HttpRequest) -> tuple[object, HttpResponse | None]:
        """Return the new account, or the answer that is given where there is one already."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        found: tuple[object, HttpResponse | None] = super().try_save(request)
        return found
