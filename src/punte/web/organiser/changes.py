"""What organisers change: solve, stop, publish, roll back, lock, move. Each leads back with what came of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.forum.queries import list_places, list_slots
from punte.apps.meetings.actions import (
    lock_meeting,
    make_draft,
    move_meeting,
    request_timetable,
    stop_solving,
    unlock_meeting,
)
from punte.apps.meetings.board import compare_versions
from punte.apps.meetings.models import Lock, MeetingRequest
from punte.apps.meetings.publication import Publication, publish_version
from punte.apps.meetings.queries import VersionLine, published_version, run_of_version
from punte.apps.meetings.remarks import count_open_remarks
from punte.kernel.errors import PunteError
from punte.web.organiser.desk import Desk, card_of, open_desk
from punte.web.organiser.four_eyes import one_pair_note
from punte.web.organiser.meeting import MeetingPanel, find_meeting
from punte.web.organiser.views import back_to
from punte.web.refusals import tell_refusal


class SolveForm(forms.Form):
    """How long, and why."""

    time_limit_s = forms.IntegerField(
        label=gettext_lazy("Time for solving, in seconds"),
        help_text=gettext_lazy(
            "The first timetable is there in seconds; more time closes the proof. You can stop at any moment and keep the best."
        ),
        min_value=1,
        max_value=3600,
        initial=30,
    )
    comment = forms.CharField(
        label=gettext_lazy("Why this version"),
        help_text=gettext_lazy("For your colleagues, in the list of versions."),
        max_length=300,
        required=False,
    )


def _try(request: HttpRequest, change: Callable[[], str]) -> bool:
    """Carry out a change and say what came of it; a refusal is said in its own words, and nothing was changed."""
    try:
        with transaction.atomic():
            said = change()
    except PunteError as error:
        tell_refusal(request, error)
        return False
    messages.success(request, said)
    return True


@require_http_methods(["GET", "POST"])
def solve(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a new timetable and lead to its run."""
    desk = open_desk(request, slug, to_change=True)
    form = SolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = request_timetable(
                by=active_subject(),
                edition=desk.edition,
                time_limit_s=form.cleaned_data["time_limit_s"],
                comment=form.cleaned_data["comment"],
            )
        except PunteError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(f"{desk.address}versions/")
        return HttpResponseRedirect(f"{desk.address}v{run.version.number}/proof/")
    edition_id = desk.edition.pk
    context = desk.context(
        form=form,
        accepted=MeetingRequest.objects.filter(
            edition=edition_id, state=MeetingRequest.State.ACCEPTED
        ).count(),
        capacity=sum(place.capacity for place in list_places(edition_id))
        * len(list_slots(edition_id)),
        locked=Lock.objects.filter(edition=edition_id).count(),
    )
    return render(request, "organiser/solve.html", context)


@require_POST
def stop(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Stop a run; its best answer becomes the version."""
    desk = open_desk(request, slug, to_change=True)
    run = run_of_version(desk.version(number).id)
    if run is None:
        raise Http404

    def change() -> str:
        stop_solving(by=active_subject(), run_id=run.id)
        return _("The run stops and keeps its best answer.")

    _try(request, change)
    return HttpResponseRedirect(f"{desk.address}v{number}/proof/")


def say_published(done: Publication) -> str:
    """Return what a publication did, for its organiser."""
    return _(
        "Version %(number)s is published: %(added)s meetings are new in calendars, %(moved)s moved, %(cancelled)s were cancelled."
    ) % {
        "number": done.version.number,
        "added": done.added,
        "moved": done.moved,
        "cancelled": done.cancelled,
    }


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say whom a publication touches, and publish."""
    desk = open_desk(request, slug, to_change=True)
    version = desk.version(number)
    if request.method == "POST":

        def change() -> str:
            done = publish_version(by=active_subject(), version_id=version.id)
            return say_published(done)

        _try(request, change)
        return HttpResponseRedirect(f"{desk.address}v{number}/")
    return render(request, "organiser/publish.html", _publish_context(desk, version))


def _publish_context(desk: Desk, version: VersionLine) -> dict[str, Any]:
    card = card_of(version)
    published = published_version(desk.edition.pk)
    more: dict[str, Any] = {"version": card, "claim": card.claim, "published": published}
    if published is not None:
        found = compare_versions(published, version)
        touched = {
            face.delegate_id
            for change in (*found.moved, *found.gained, *found.lost)
            for face in (change.sender, change.receiver)
            if face is not None
        }
        more |= {
            "people_touched": len(touched),
            "moved": len(found.moved),
            "gained": len(found.gained),
            "lost": len(found.lost),
        }
    more["remark_count"] = count_open_remarks(desk.edition.pk)
    return desk.context(**more, **one_pair_note(desk, version.id))


def _meeting_of(desk: Desk, number: int, code: str) -> tuple[VersionLine, MeetingPanel]:
    version = desk.version(number)
    found = find_meeting(version, code)
    if found is None:
        raise Http404
    return version, found


@require_POST
def lock(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """Hold a meeting where it is in every new timetable, or let it go."""
    desk = open_desk(request, slug, to_change=True)
    _version, panel = _meeting_of(desk, number, code)

    def change() -> str:
        if request.POST.get("lock") == "1":
            lock_meeting(by=active_subject(), meeting_id=panel.row.pk)
            return _("Meeting %(code)s is locked: new timetables keep it where it is.") % {
                "code": code
            }
        unlock_meeting(by=active_subject(), meeting_id=panel.row.pk)
        return _("Meeting %(code)s is unlocked.") % {"code": code}

    _try(request, change)
    return HttpResponseRedirect(back_to(request, f"{desk.address}v{number}/m/{code}/"))


@require_POST
def move(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """Hold a meeting elsewhere; a version that is no draft stays, and a draft of it is changed."""
    desk = open_desk(request, slug, to_change=True)
    version, panel = _meeting_of(desk, number, code)
    slot_code, _space, place_code = request.POST.get("to", "").partition(" ")
    target = number

    def change() -> str:
        nonlocal target
        meeting = panel.row
        if version.state != "draft":
            draft = make_draft(by=active_subject(), version_id=version.id)
            target = draft.number
            meeting = draft.meetings.get(request=meeting.request)
        move_meeting(
            by=active_subject(), meeting_id=meeting.pk, slot_code=slot_code, place_code=place_code
        )
        said = _("Meeting %(code)s is now at %(place)s in slot %(slot)s.") % {
            "code": code,
            "place": place_code,
            "slot": slot_code,
        }
        if target != number:
            said += " " + _("Version %(number)s stays as it was; this is draft %(draft)s.") % {
                "number": number,
                "draft": target,
            }
        return said

    done = _try(request, change)
    return HttpResponseRedirect(f"{desk.address}v{target if done else number}/m/{code}/")
