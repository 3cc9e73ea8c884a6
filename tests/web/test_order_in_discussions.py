"""Order in discussions: who may take out what others wrote, and who is told of a report; where topics about a programme stand."""

import pytest
from django.core import mail

from cast import EDITION, Cast
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import discussions
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.models import Post
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.reporting import report_post
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Grant, Mail
from punte.apps.programmes.models import Programme
from punte.kernel.errors import PunteError
from signed_in import signed_in

pytestmark = pytest.mark.django_db
RUDE = "A rude word"
TO_EDITION = f"edition:{EDITION}"


def rude_post(cast: Cast, *to: str) -> Post:
    """Return a post of the authority in a topic that the authority itself opened."""
    with acting(cast.authority.subject) as by:
        topic = discussions.open_topic(
            by=by, title="Masts", text="Begin", place=Place(releasable_to=to)
        )
        return discussions.write_post(by=by, topic=topic, text=RUDE)


def test_an_organiser_takes_out_what_the_delegates_of_the_edition_see(cast: Cast) -> None:
    post = rude_post(cast, TO_EDITION)
    address = f"/discussions/{post.topic_id}/"
    reader, keeper = signed_in(cast.company), signed_in(cast.organiser)
    page = reader.get(address).content.decode()
    assert "Report it" in page
    assert "Take it out" not in page
    reader.post(address, {"do": "out", "post": str(post.pk), "reason": "I dislike it"})
    assert RUDE in reader.get(address).content.decode()
    assert "Take it out" in keeper.get(address).content.decode()
    keeper.post(address, {"do": "out", "post": str(post.pk), "reason": "An insult"})
    page = reader.get(address).content.decode()
    assert RUDE not in page
    assert "Taken out: An insult" in page
    with acting_as_system("tests"):
        (entry,) = AuditEntry.objects.filter(verb="topic.taken_out")
        assert entry.detail["reason"] == "An insult"


def test_an_organiser_of_one_edition_keeps_no_order_elsewhere(cast: Cast) -> None:
    with acting_as_system("tests"):
        Grant.objects.filter(person=cast.organiser.person).update(edition_id=EDITION)
    organiser = cast.organiser.subject
    for to in (("PUBLIC",), (f"org:{cast.organiser.organisation.pk}",)):
        post = rude_post(cast, *to)
        with acting(organiser) as by, pytest.raises(NotPartOfItError):
            discussions.take_out(by=by, what=post, reason="An insult")
    with acting_as_system("tests"):
        Grant.objects.filter(person=cast.organiser.person).update(edition_id=None)
    steward = signed_in(cast.organiser)
    with acting_as_system("tests"):
        public = Post.objects.filter(text=RUDE, topic__label_releasable_to=["PUBLIC"]).get()
    steward.post(
        f"/discussions/{public.topic_id}/",
        {"do": "out", "post": str(public.pk), "reason": "An insult"},
    )
    with acting_as_system("tests"):
        public.refresh_from_db()
    assert (public.text, public.removed_because) == ("", "An insult")


def test_a_report_reaches_who_may_act_and_sees_the_topic_and_nobody_else(cast: Cast) -> None:
    post = rude_post(cast, TO_EDITION)
    address = f"/discussions/{post.topic_id}/"
    reader = signed_in(cast.company)
    told = reader.post(
        address, {"do": "report", "post": str(post.pk), "reason": "It insults us"}, follow=True
    ).content.decode()
    assert "who may take it out is told by mail" in told
    with acting_as_system("tests"):
        (queued,) = Mail.objects.filter(kind="topic.reported").select_related("person")
        assert queued.person == cast.organiser.person
    mail.outbox.clear()
    send_mail(queued.pk)
    (sent,) = mail.outbox
    assert RUDE in sent.body
    assert "It insults us" in sent.body
    assert cast.company.person.name not in sent.body
    once_more = {"do": "report", "post": str(post.pk), "reason": "Once more"}
    again = reader.post(address, once_more, follow=True).content.decode()
    assert "Nobody else who sees it" not in again
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="topic.reported").count() == 1
    with acting(cast.authority.subject) as by, pytest.raises(PunteError, match="your own"):
        report_post(by=by, post=post, reason="x")
    with acting(cast.company.subject) as by, pytest.raises(PunteError, match="what is wrong"):
        report_post(by=by, post=post, reason=" ")


def test_the_page_of_a_programme_leads_to_its_talks_as_far_as_each_sees_them(cast: Cast) -> None:
    with acting(cast.authority.subject) as by:
        programme = Programme.objects.create(
            kind="flagship",
            name="Watch",
            owner_org=cast.authority.organisation,
            label_releasable_to=["PUBLIC"],
        )
        for title, to in (("For everyone", "PUBLIC"), ("For delegates", TO_EDITION)):
            discussions.open_topic(
                by=by,
                title=title,
                text="Begin",
                place=Place(releasable_to=(to,), programme_id=programme.pk),
            )
        discussions.open_topic(
            by=by, title="Elsewhere", text="Begin", place=Place(releasable_to=("PUBLIC",))
        )
    address = f"/programmes/{programme.pk}/"
    page = signed_in(cast.company).get(address).content.decode()
    assert "For everyone" in page
    assert "For delegates" in page
    assert "Elsewhere" not in page
    opening = f"/discussions/?programme={programme.pk}&amp;open=yes#open"
    assert opening in page
    form = (
        signed_in(cast.company)
        .get(f"/discussions/?programme={programme.pk}&open=yes")
        .content.decode()
    )
    assert '<details class="section" id="open" open>' in form
    chosen = form[form.index('id="nprogramme"') :]
    assert f'value="{programme.pk}" selected' in chosen[: chosen.index("</select>")]
    page = signed_in(cast.outsider).get(address).content.decode()
    assert "For delegates" not in page
