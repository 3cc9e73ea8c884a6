"""Set up an edition like an earlier one: what an organiser decided is taken along, nobody and nothing that was asked is."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import (
    AttendeeCategory,
    CategoryWording,
    Closure,
    Edition,
    HostRole,
    MeetingRule,
    Phase,
    Place,
    PlaceWording,
    Question,
    QuestionWording,
    Slot,
)
from punte.apps.forum.set_up import EditionWish, new_edition
from punte.apps.forum.word_rows import copy_words, other_languages
from punte.apps.people.clearance_stages import set_stages
from punte.apps.people.mail import copy_mail_settings
from punte.apps.people.models import ClearanceStage

M = TypeVar(
    "M",
    HostRole,
    AttendeeCategory,
    CategoryWording,
    MeetingRule,
    Place,
    PlaceWording,
    Phase,
    Slot,
    Closure,
    Question,
    QuestionWording,
)
OF_THE_EDITION = ("opens_at", "closes_at", "press_contact", "press_email", "press_phone")
"""Facts that no form of a new edition asks, and that are taken along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A new edition like an earlier one, and how many slots of that one lie outside its days [count]."""

    edition: Edition
    left_out: int


def clone_edition(*, by: Subject, source: Edition, wish: EditionWish) -> Clone:
    """
    Create an edition like an earlier one.

    Taken along are hosts, categories, who may meet, places with their closing times, hours of the venue, questions of the
    form, stages of clearance, wordings and rules of mails, the contact for the press, and slots and phases moved to the new
    days. Nobody and nothing that was asked or agreed is; guarantees and goals are decided anew, on the new requests.

    Raises
    ------
    SetUpError
        The subject may not, or something is missing or impossible.
    """
    edition = new_edition(by, wish, source)
    for name in OF_THE_EDITION:
        setattr(edition, name, getattr(source, name))
    edition.save(update_fields=[*OF_THE_EDITION])
    _copy_words_still_true(source, edition)
    for role in source.host_roles.all():
        copy_words(role, _copy(role, edition=edition))
    for question in source.questions.all():
        copied = _copy(question, edition=edition)
        for wording in question.wordings.all():
            _copy(wording, question=copied)
    _copy_who_may_meet(source, edition)
    left_out = _copy_venue_and_times(source, edition)
    stages = ClearanceStage.objects.filter(edition_id=source.pk).order_by("position")
    set_stages(
        by=by,
        edition_id=edition.pk,
        stages=[(stage.name, stage.right) for stage in stages],
        worded_as=stages,
    )
    copy_mail_settings(
        by=by, source_id=source.pk, edition_id=edition.pk, host_org_id=edition.owner_org_id
    )
    record("edition.cloned", edition, edition_id=edition.pk, source=str(source.pk))
    return Clone(edition=edition, left_out=left_out)


def _copy_words_still_true(source: Edition, edition: Edition) -> None:
    """Call the copy in other languages what the source is called, as far as it is called the same in the first."""
    copy_words(
        source,
        edition,
        names=[name for name in Edition.WORDS if getattr(source, name) == getattr(edition, name)],
        languages=dict(other_languages(edition)),
    )


def _copy_who_may_meet(source: Edition, edition: Edition) -> None:
    categories = {
        category.pk: _copy(category, edition=edition) for category in source.categories.all()
    }
    for wording in CategoryWording.objects.filter(category__edition=source):
        _copy(wording, category=categories[wording.category_id])
    for rule in MeetingRule.objects.filter(edition=source):
        copied = _copy(
            rule,
            edition=edition,
            sender=categories[rule.sender_id],
            receiver=categories[rule.receiver_id],
        )
        copy_words(rule, copied)


def _copy_venue_and_times(source: Edition, edition: Edition) -> int:
    """Copy places, phases, slots within the days and closing times; return how many slots lie outside the days."""
    shift = edition.starts_on - source.starts_on
    places = {place.pk: _copy(place, edition=edition) for place in source.places.all()}
    for wording in PlaceWording.objects.filter(place__edition=source):
        _copy(wording, place=places[wording.place_id])
    for phase in source.phases.all():
        _copy(
            phase,
            edition=edition,
            starts_at=_moved(phase.starts_at, shift, source, edition),
            ends_at=_moved(phase.ends_at, shift, source, edition),
        )
    slots: dict[object, Slot] = {}
    left_out = 0
    for slot in source.slots.all():
        day = slot.day + shift
        if not edition.starts_on <= day <= edition.ends_on:
            left_out += 1
            continue
        slots[slot.pk] = _copy(
            slot,
            edition=edition,
            day=day,
            starts_at=_moved(slot.starts_at, shift, source, edition),
            ends_at=_moved(slot.ends_at, shift, source, edition),
        )
    for closure in Closure.objects.filter(place__edition=source):
        if closure.slot_id in slots:
            _copy(closure, place=places[closure.place_id], slot=slots[closure.slot_id])
    return left_out


def _copy(row: M, **changes: object) -> M:
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields  # noqa: SLF001  (Django's public API)
        if not field.primary_key
    }
    copied = type(row)(**values)
    for name, value in changes.items():
        setattr(copied, name, value)
    copied.save(force_insert=True)
    return copied


def _moved(
    moment: dt.datetime, shift: dt.timedelta, source: Edition, edition: Edition
) -> dt.datetime:
    """Return the same time of day on the later day, by the clock of each venue."""
    there = moment.astimezone(source.zone).replace(tzinfo=None) + shift
    return there.replace(tzinfo=edition.zone)
