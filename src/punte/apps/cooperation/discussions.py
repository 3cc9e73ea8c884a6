"""Topics: opened by programme, capability or working group, written in, decided, moderated."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of, require_public, require_writer
from punte.apps.cooperation.mentions import tell_mentioned
from punte.apps.cooperation.models import Decision, Post, Topic, TopicFile
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_moderate,
    may_write,
    require_change,
)
from punte.apps.people.models import Organisation, WorkingGroup
from punte.apps.people.working_groups import is_member
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where a topic belongs.

    Parameters
    ----------
    releasable_to
        Groups that see it; not looked at where ``group`` is given: its members see it.
    area
        A capability area, as :mod:`punte.apps.programmes.models.capability` names them.
    """

    releasable_to: tuple[str, ...] = ()
    group: WorkingGroup | None = None
    programme_id: UUID | None = None
    edition_id: UUID | None = None
    area: str = ""


def open_topic(*, by: Subject, title: str, text: str, place: Place) -> Topic:
    """
    Open a topic with a first post.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation, or not in the group.
    PunteError
        Title or text is missing or carries a marking, or the group is closed.
    """
    require_writer(by)
    assert by.org_id is not None
    if not title.strip() or not text.strip():
        raise PunteError(_("Give the topic a title and a first word."))
    refuse_classified(_("Topic"), [(_("title"), title), (_("text"), text)])
    topic = Topic(
        title=whole_text(title, 160),
        programme_id=place.programme_id,
        edition_id=place.edition_id,
        area=place.area,
        by_id=by.person_id,
        by_name=name_of(by),
        owner_org_id=by.org_id,
        label_releasable_to=list(place.releasable_to),
    )
    if place.group is None:
        topic.save(force_insert=True)
    else:
        _open_in_group(by, topic, place.group)
    record("topic.opened", topic)
    write_post(by=by, topic=topic, text=text)
    return topic


def _open_in_group(by: Subject, topic: Topic, group: WorkingGroup) -> None:
    if not is_member(by, group):
        raise NotPartOfItError(_("Only members of the group open a topic in it."))
    if group.closed_at is not None:
        raise PunteError(_("The group is closed."))
    topic.group = group
    topic.programme_id = topic.programme_id or group.programme_id
    topic.area = topic.area or group.area
    topic.owner_org_id = group.owner_org_id
    topic.label_releasable_to = [f"group:{group.pk}"]
    topic.label_stewards = [f"chair:{group.pk}"]
    # The keeper's row, written by a member: the right was checked above.
    with acting_as_system("open a topic in a working group"):
        topic.save(force_insert=True)


def write_post(*, by: Subject, topic: Topic, text: str, answers: Post | None = None) -> Post:
    """
    Write in a topic that the subject sees, and tell those who are named with an @ and see it too.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person.
    PunteError
        The topic is closed, what is answered is elsewhere, or the text is missing or carries a marking.
    """
    require_open(by, topic)
    if not text.strip():
        raise PunteError(_("Write something first."))
    if answers is not None and answers.topic_id != topic.pk:
        raise PunteError(_("There is no such post."))
    refuse_classified(_("Post"), [(_("text"), text)])
    post = _post(by, topic, text, answers=answers)
    record("topic.post", post)
    tell_mentioned(by=by, post=post)
    return post


def decide(*, by: Subject, topic: Topic, text: str, releasable_to: Iterable[str] = ()) -> Decision:
    """
    Keep a decision of a topic; whoever it is released to reads it without seeing the topic.

    Raises
    ------
    NotPartOfItError
        The subject does not keep the topic, or shows to everyone what only organisers and authorities do.
    PunteError
        The topic is closed, or the text is missing or carries a marking.
    """
    require_open(by, topic)
    require_change(by, topic)
    groups = list(releasable_to)
    require_public(by, groups)
    if not text.strip():
        raise PunteError(_("Write something first."))
    refuse_classified(_("Decision"), [(_("text"), text)])
    post = _post(by, topic, text, is_decision=True)
    group = WorkingGroup.objects.filter(pk=topic.group_id).first() if topic.group_id else None
    decision = Decision.objects.create(
        topic_id=topic.pk,
        post_id=post.pk,
        group_name=group.name if group else "",
        text=post.text,
        programme_id=topic.programme_id,
        area=topic.area,
        owner_org_id=topic.owner_org_id,
        label_releasable_to=[*topic.label_releasable_to, *groups],
        label_stewards=topic.label_stewards,
    )
    record("topic.decided", decision, released=groups)
    tell_mentioned(by=by, post=post)
    return decision


def _post(
    by: Subject, topic: Topic, text: str, *, answers: Post | None = None, is_decision: bool = False
) -> Post:
    assert by.org_id is not None
    organisation = Organisation.objects.filter(pk=by.org_id).first()
    return Post.objects.create(
        topic=topic,
        # One level deep: an answer to an answer stands beside it.
        answers_id=(answers.answers_id or answers.pk) if answers else None,
        text=whole_text(text, 4000),
        is_decision=is_decision,
        by_id=by.person_id,
        by_name=name_of(by),
        by_organisation=organisation.name if organisation else "",
    )


def take_out(*, by: Subject, what: Post | TopicFile, reason: str) -> None:
    """
    Take a post or a file out of a topic; its place and the reason stay, and a decision it held is withdrawn.

    Raises
    ------
    NotPartOfItError
        The subject neither wrote it, nor keeps the topic, nor keeps order in what its audience sees.
    PunteError
        No reason is given, or it carries a marking.
    """
    own = by.person_id is not None and by.person_id == what.by_id and may_write(by)
    if not own and not may_moderate(by, what.topic):
        require_change(by, what.topic)
    if not reason.strip():
        raise PunteError(_("Say why it is taken out."))
    refuse_classified(_("Topic"), [(_("reason"), reason)])
    what.removed_because = whole_text(reason, 200)
    if isinstance(what, Post):
        what.text = ""
        what.save(update_fields=["text", "removed_because"])
        _withdraw(what)
    else:
        what.content, what.size = b"", 0
        what.save(update_fields=["content", "size", "removed_because"])
    record("topic.taken_out", what, reason=whole_text(reason, 200))


def _withdraw(post: Post) -> None:
    if post.is_decision:
        # Only who keeps the topic marked it as a decision, but its writer may have left that part since.
        with acting_as_system("withdraw a decision"):
            Decision.objects.filter(post_id=post.pk).update(
                text="", withdrawn_because=post.removed_because
            )


def close_topic(*, by: Subject, topic: Topic) -> None:
    """
    Close a topic, or open it again.

    Raises
    ------
    NotPartOfItError
        The subject does not keep the topic.
    """
    require_change(by, topic)
    topic.closed_at = None if topic.closed_at else timezone.now()
    topic.save(update_fields=["closed_at"])
    record("topic.closed" if topic.closed_at else "topic.opened", topic)


def require_open(by: Subject, topic: Topic) -> None:
    """
    Let only who may write in the topic pass, as long as it is open.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        The topic or its group is closed.
    """
    require_writer(by)
    if topic.closed_at is not None:
        raise PunteError(_("The topic is closed."))
    if topic.group_id and not WorkingGroup.objects.filter(
        pk=topic.group_id, closed_at__isnull=True
    ):
        raise PunteError(_("The group is closed."))
