"""The pages on which a contact line is written, released, read and taken back."""

import re

import pytest
import vobject
from django.test import Client

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Cooperation, MeetingNote
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.apps.people.models import Person
from punte.web.worker import KEEP_HEADER
from signed_in import signed_in

pytestmark = pytest.mark.django_db
MAIL, PHONE = "ana@carpat.example", "+40 21 555 0100"
KIND = Cooperation.Kind.values[0]
LINE = {"do": "keep", "name": "Ana Țuțu; SRL", "email": MAIL, "phone": PHONE}


class Sides:
    """Two who meet, signed in, and somebody of a third organisation."""

    def __init__(self, rows: Rows) -> None:
        self.request, *_subjects, third = meeting_of(rows)
        with acting_as_system("tests"):
            MeetingRequest.objects.exclude(pk=self.request.pk).update(state="withdrawn")
        people = (self.request.sender.person_id, self.request.receiver.person_id, third.person_id)
        self.mine, self.theirs, self.third = map(account_of, people)
        self.address = f"/e/{rows.edition.slug}/"

    def pages(self) -> list[str]:
        """Return where the receiver reads the sender's line."""
        key, other = self.request.pk, self.request.sender_id
        rest = ("my/", "my/notes/", f"people/{other}/", f"requests/{key}/", f"follow-up/{key}/")
        return [f"{self.address}{one}" for one in rest]


def account_of(person_id: object) -> Client:
    with acting_as_system("tests"):
        person = Person.objects.get(pk=person_id)
        if person.account is None:
            person.account = Account.objects.create_user(f"{person.pk.hex[:8]}@example.org")
            person.save(update_fields=["account"])
        return signed_in(person.account)


@pytest.fixture
def sides() -> Sides:
    found = Sides(make_edition())
    with acting_as_system("tests"):
        for org_id in (
            found.request.sender.organisation_id,
            found.request.receiver.organisation_id,
        ):
            MeetingNote.objects.create(
                request_id=found.request.pk, text="Ask for the price.", owner_org_id=org_id
            )
    return found


def post(client: Client, sides: Sides, **data: str) -> str:
    answer = client.post(f"{sides.address}my/contact/", data, follow=True)
    assert answer.status_code == 200
    return answer.text


def test_written_released_read_and_taken_back(sides: Sides) -> None:
    key = str(sides.request.pk)
    page = sides.mine.get(f"{sides.address}my/contact/").text
    assert f'value="{sides.request.sender.badge_name}"' in page, (
        "it begins with what the badge says"
    )
    assert re.search(r'name="email"[^>]* value=""', page), "no address is filled in for anybody"
    assert "Kept." in post(sides.mine, sides, **LINE)
    card = f"{sides.address}people/{sides.request.sender_id}/contact.vcf"
    for page in sides.pages():
        assert MAIL not in sides.theirs.get(page).text, page
    assert sides.theirs.get(card).status_code == 404
    told = post(sides.mine, sides, do="release", request=key, back="yes")
    assert "Released." in told
    assert "They read your contact line" in told, "it is the request's page"
    for page in sides.pages():
        shown = sides.theirs.get(page)
        assert MAIL in shown.text, page
        assert 'href="tel:+40215550100"' in shown.text, page
    assert MAIL not in sides.third.get(f"{sides.address}people/{sides.request.sender_id}/").text
    read = vobject.readOne(sides.theirs.get(card).content.decode())
    assert (read.fn.value, read.email.value, read.tel.value) == (LINE["name"], MAIL, PHONE)
    assert sides.mine.get(card).status_code == 200
    assert sides.third.get(card).status_code == 404
    assert "Taken back." in post(sides.mine, sides, do="take-back", request=key)
    for page in sides.pages():
        assert MAIL not in sides.theirs.get(page).text, page
    assert sides.theirs.get(card).status_code == 404


def test_the_day_that_is_kept_holds_it_only_while_it_is_released(sides: Sides) -> None:
    post(sides.mine, sides, **LINE, to_all="yes")
    for page in (f"{sides.address}my/", f"{sides.address}people/{sides.request.sender_id}/"):
        kept = sides.theirs.get(page)
        assert KEEP_HEADER in kept.headers
        assert MAIL in kept.text
    assert "Deleted." in post(sides.mine, sides, do="delete")
    for page in sides.pages():
        assert MAIL not in sides.theirs.get(page).text
    with acting_as_system("tests"):
        assert not ContactLine.objects.exists()


def test_a_card_that_is_taken_is_marked_and_in_the_log(sides: Sides) -> None:
    post(sides.mine, sides, **LINE, to_all="yes")
    taken = sides.theirs.get(f"{sides.address}people/{sides.request.sender_id}/contact.vcf")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="contact.vcf"'
    assert taken.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert taken.headers["X-Handling"] == "TLP:RED"
    assert "no-store" in taken.headers["Cache-Control"]
    assert KEEP_HEADER not in taken.headers
    with acting_as_system("tests"):
        entry = AuditEntry.objects.filter(verb="export.read").latest("id")
        assert entry.detail["what"] == "contact_card"
        other = make_edition().edition.slug
    assert (
        sides.theirs.get(f"/e/{other}/people/{sides.request.sender_id}/contact.vcf").status_code
        == 404
    )


def test_a_cooperation_shows_the_lines_of_the_meeting_at_which_it_began(sides: Sides) -> None:
    begun = sides.theirs.post(
        f"{sides.address}follow-up/{sides.request.pk}/",
        {"do": "begin", "name": "Bridges together", "kind": KIND},
    )
    with acting_as_system("tests"):
        made = Cooperation.objects.get(name="Bridges together")
    assert begun.headers["Location"] == f"/cooperations/{made.pk}/"
    page = f"/cooperations/{made.pk}/"
    assert MAIL not in sides.theirs.get(page).text
    post(sides.mine, sides, **LINE, to_all="yes")
    assert MAIL in sides.theirs.get(page).text
    assert MAIL not in sides.mine.get(page).text, "one's own needs no showing there"
    post(sides.mine, sides, do="delete")
    assert MAIL not in sides.theirs.get(page).text


def test_what_is_refused_stands_in_the_form_again(sides: Sides) -> None:
    told = post(sides.mine, sides, **(LINE | {"phone": "call me", "to_all": "yes"}))
    assert "is no telephone number" in told
    assert 'value="call me"' in told
    assert f'value="{MAIL}"' in told
    assert re.search(r'name="to_all" checked', told)
    with acting_as_system("tests"):
        assert not ContactLine.objects.exists()
    assert sides.mine.post(f"{sides.address}my/contact/", {"do": "x"}).status_code == 404
    assert "no such request" in post(sides.mine, sides, do="release", request="no-key")


def test_an_organiser_in_a_delegates_name_sees_none_and_changes_none(sides: Sides) -> None:
    post(sides.mine, sides, **LINE, to_all="yes")
    with acting_as_system("tests"):
        me = Delegate.objects.select_related("edition").get(pk=sides.request.sender_id)
        everybody = [f"edition:{me.edition_id}"]
        Person.objects.filter(pk=me.person_id).update(label_releasable_to=everybody)
        organiser = Person.objects.get(name="Ioana Pădurean").account
    assert organiser is not None
    client = signed_in(organiser)
    begun = client.post(f"{sides.address}rights/behalf/", {"delegate": str(me.pk)})
    assert begun.status_code == 302
    page = client.get(f"{sides.address}my/contact/")
    assert page.status_code == 200
    assert MAIL not in page.text
    assert 'name="email"' not in page.text
    post(client, sides, do="delete")
    with acting_as_system("tests"):
        assert ContactLine.objects.exists()
