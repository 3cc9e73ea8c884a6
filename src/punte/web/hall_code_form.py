"""The second step of signing in at a copy for the hall: a printed one-off code takes the place of a passkey."""

from allauth.mfa.base.forms import AuthenticateForm as Base
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Account
from punte.apps.cooperation.hall_codes import take_code


class AuthenticateForm(Base):  # type: ignore[misc]  # allauth has no annotations
    """Take one-time codes as everywhere; at a copy for the hall printed ones too."""

    def __init__(self, data: QueryDict | None = None, *, user: Account) -> None:
        super().__init__(data, user=user)
        if settings.PUNTE_HALL_COPY:
            self.fields["code"].help_text = _(
                "Passkeys do not work at this copy for the hall. Who has no one-time codes asks the organisers for a printed one."
            )

    def clean_code(self) -> str:
        """
        Return the code, where it is one.

        Raises
        ------
        ValidationError
            It is none, or too many were tried.
        """
        try:
            return str(super().clean_code())
        except ValidationError as error:
            # Who tried too often is not let in by the right one either.
            code = str(self.cleaned_data["code"])
            if error.code != "incorrect_code" or not take_code(self.user, code):
                raise
            self.authenticator = Authenticator.objects.filter(user=self.user).first()
            return code
