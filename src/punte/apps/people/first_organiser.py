"""Open a site: enter who organises every edition, from the command line of whoever runs the machine."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Account, Country
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.people.models import Grant, Membership, Organisation, Person, Right
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Who organises now, and the path at which they choose a password, once."""

    person: Person
    path: str


def open_site(*, email: str, name: str, organisation: str, country: str) -> Opened:
    """
    Enter a person of an authority who organises every edition; called again it gives a new link.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-3.

    Raises
    ------
    PunteError
        The address or the country is none, or a name is missing; nothing is entered.
    """
    email, name, organisation = email.strip().lower(), name.strip(), organisation.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise PunteError(
            _("“%(text)s” is no e-mail address. Write it like name@example.org.") % {"text": email}
        ) from error
    if not name or not organisation:
        raise PunteError(_("Give the name of the person and of the organisation."))
    with acting_as_system("open a site"):
        if not Country.objects.filter(pk=country).exists():
            raise PunteError(
                _("“%(code)s” is no country. Write its code of three letters, such as ROU.")
                % {"code": country}
            )
        account = Account.objects.filter(email=email).first() or Account.objects.create_user(email)
        person = Person.objects.filter(account=account).first() or _enter(
            account, name, _organisation(organisation, country)
        )
        Grant.objects.get_or_create(
            person=person, right=Right.ORGANISE, edition_id=None, revoked_at=None, until=None
        )
        record("site.opened", person)
    return Opened(person=person, path=_password_path(account))


def _organisation(name: str, country: str) -> Organisation:
    found = Organisation.objects.filter(name=name, country_id=country).first()
    if found is None:
        found = Organisation(
            name=name[:200],
            kind=Organisation.Kind.AUTHORITY,
            country_id=country,
            label_releasable_to=[PUBLIC],
        )
        found.save()
    return found


def _enter(account: Account, name: str, organisation: Organisation) -> Person:
    person = Person.objects.create(
        name=name[:160], email=account.email, account=account, owner_org=organisation
    )
    Membership.objects.create(
        person=person, organisation=organisation, confirmed_at=timezone.now(), is_focal_point=True
    )
    return person


def _password_path(account: Account) -> str:
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailAddress
    from allauth.account.utils import user_pk_to_url_str

    EmailAddress.objects.update_or_create(
        user=account, email=account.email, defaults={"verified": True, "primary": True}
    )
    key = default_token_generator.make_token(account)
    return f"/accounts/password/reset/key/{user_pk_to_url_str(account)}-{key}/"
