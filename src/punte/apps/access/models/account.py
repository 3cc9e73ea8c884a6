"""An account signs in; who the person is, and what it may see, is not the account's to say."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountManager(BaseUserManager["Account"]):
    """Create accounts by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":  # noqa: ANN401
        """
        Return a new account; without a password it can only sign in by passkey or provider.

        Raises
        ------
        ValueError
            No address was given.
        """
        if not email:
            raise ValueError("An account needs an e-mail address. Give one.")
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Return the account of an address, whatever its case."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """
    A way to sign in: an e-mail address with a password, passkeys or a provider.

    There is no superuser and no permission here: rights are granted to persons, for an edition and a time.
    """

    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email
