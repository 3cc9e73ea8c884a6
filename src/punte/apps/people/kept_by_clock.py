"""What is kept about people for a number of days, and which rows are past it: what the nightly round works from."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy

from punte.apps.people.retention import SIGN_IN, TOLD, Kept, Then


def _before(path: str) -> Callable[[dt.datetime], Q]:
    return lambda moment: Q(**{f"{path}__lt": moment})


def _idle_person(moment: dt.datetime) -> Q:
    busy = apps.get_model("people.Nomination")._default_manager.filter(labelled_at__gte=moment)  # noqa: SLF001
    return Q(account__isnull=True, labelled_at__lt=moment) & ~Q(pk__in=busy.values("person_id"))


def _application_over(moment: dt.datetime) -> Q:
    return Q(state__in=["refused", "withdrawn"], decided_at__lt=moment) | Q(
        state__in=["waiting", "listed"], edition__ends_on__lt=moment.date()
    )


def _application_used(moment: dt.datetime) -> Q:
    return Q(state="accepted", edition__ends_on__lt=moment.date())


def _file_over(moment: dt.datetime) -> Q:
    return Q(application__edition__ends_on__lt=moment.date()) | Q(
        application__state__in=["refused", "withdrawn"], application__decided_at__lt=moment
    )


CLOCKED: Final = (
    Kept(
        table="sessions.Session",
        fields="session_data expire_date",
        purpose=SIGN_IN,
        since=gettext_lazy("the end of the session"),
        days=0,
        then=Then.DELETED,
        ended=_before("expire_date"),
    ),
    Kept(
        table="usersessions.UserSession",
        fields="user created_at ip last_seen_at session_key user_agent data",
        purpose=gettext_lazy("to show you where you are signed in, so that you can end it"),
        since=gettext_lazy("the last page of the session"),
        days=30,
        then=Then.DELETED,
        ended=_before("last_seen_at"),
    ),
    Kept(
        table="people.ApiReply",
        fields="token key call_sha256 subject_sha256 status content_type content made_at",
        purpose=gettext_lazy("to do what your program sends twice only once"),
        since=gettext_lazy("the call"),
        days=1,
        then=Then.DELETED,
        ended=_before("made_at"),
    ),
    Kept(
        table="people.SentForm",
        fields="person key_sha256 content_sha256 address sent_at",
        purpose=gettext_lazy("to do what you send twice by a double click only once"),
        since=gettext_lazy("the form"),
        days=1,
        then=Then.DELETED,
        ended=_before("sent_at"),
    ),
    Kept(
        table="people.Person",
        fields="email nationality languages",
        purpose=gettext_lazy("to clear, to invite and to write to you"),
        since=gettext_lazy("the last nomination, where there is no account"),
        days=730,
        then=Then.BLANKED,
        ended=_idle_person,
    ),
    Kept(
        table="people.WatchEntry",
        fields="name email reason",
        purpose=gettext_lazy("to look twice before somebody is cleared"),
        since=gettext_lazy("the entry"),
        days=730,
        then=Then.DELETED,
        ended=_before("labelled_at"),
    ),
    Kept(
        table="people.Invitation",
        fields="person email token_hash expires_at used_at",
        purpose=gettext_lazy("to invite you into your organisation"),
        since=gettext_lazy("the end of the invitation"),
        days=90,
        then=Then.DELETED,
        ended=_before("expires_at"),
    ),
    Kept(
        table="people.Mail",
        fields="person account kind about_id details key said state note queued_at sent_at",
        purpose=TOLD,
        since=gettext_lazy("the mail"),
        days=730,
        then=Then.DELETED,
        ended=_before("queued_at"),
    ),
    Kept(
        table="forum.Application",
        fields="name email function organisation_name answers reason",
        purpose=gettext_lazy("to answer who asked to come"),
        since=gettext_lazy("the edition to which you came"),
        days=730,
        then=Then.BLANKED,
        ended=_application_used,
    ),
    Kept(
        table="forum.Application",
        fields="name email function organisation_name answers reason",
        purpose=gettext_lazy("to answer who asked to come"),
        since=gettext_lazy("the refusal, the withdrawal or the edition that gave no answer"),
        days=365,
        then=Then.DELETED,
        ended=_application_over,
    ),
    Kept(
        table="forum.ApplicationFile",
        fields="application name kind size_bytes sha256 content made_at",
        purpose=gettext_lazy("to decide an application, such as a press card"),
        since=gettext_lazy("the edition, the refusal or the withdrawal"),
        days=90,
        then=Then.DELETED,
        ended=_file_over,
    ),
    Kept(
        table="meetings.ImportDraft",
        fields="rows",
        purpose=gettext_lazy("to bring a table into an edition"),
        since=gettext_lazy("the upload; at once when it is part of the edition"),
        days=30,
        then=Then.BLANKED,
        ended=_before("created_at"),
    ),
)
"""What the nightly round empties or deletes."""
