"""Who acts as the platform itself, and for which reason: a new one needs a line here, and a reviewer."""

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "punte"

REASONS = {
    "find when what is kept ready is over": {"apps/access/ready_pages.py"},
    "keep which forms were sent": {"apps/people/sent_forms.py"},
    "sign up for a session": {"apps/forum/seat_queue.py", "apps/forum/session_seats.py"},
    "leave a session": {"apps/forum/session_seats.py"},
    "wait for a seat": {
        "apps/forum/seat_queue.py",
        "apps/forum/session_seats.py",
        "apps/meetings/freed.py",
    },
    "seat the speakers of a released session": {"apps/forum/agenda_release.py"},
    "sign off who sees a session no more": {"apps/forum/agenda_readers.py"},
    "apply to come": {"apps/forum/registration.py"},
    "show one's own application": {
        "apps/forum/application_state.py",
        "apps/forum/registration.py",
        "apps/forum/registration_files.py",
    },
    "take back one's own application": {"apps/forum/registration.py"},
    "enter who was accepted": {"apps/forum/registration.py"},
    "give back what was entered in the hall": {"apps/cooperation/hall_given.py"},
    "tell what belongs to an edition": {
        "apps/cooperation/of_edition.py",
        "apps/cooperation/queries.py",
    },
    "find who keeps order in a topic": {"apps/cooperation/reporting.py"},
    "leave private notes out of a copy for the hall": {"apps/cooperation/hall_given.py"},
    "bring in what was entered in the hall": {"apps/cooperation/hall_copy.py"},
    "find who could not sign in at a copy for the hall": {"apps/cooperation/hall_sign_in.py"},
    "look after the one-off codes of a copy for the hall": {"apps/cooperation/hall_codes.py"},
    "find whose badge was scanned": {"apps/cooperation/bundles.py"},
    "see which tables are taken": {"apps/cooperation/hall.py"},
    "open a site": {"apps/people/first_organiser.py"},
    "tell who takes part in a session": {
        "apps/forum/agenda_release.py",
        "apps/forum/stage_news.py",
    },
    "keep the register": {"apps/people/register.py"},
    "admit who is cleared": {"apps/forum/admission.py"},
    "answer a request for assistance": {"apps/cooperation/answering.py"},
    "take seats at an activity": {"apps/cooperation/seats.py"},
    "keep a working group": {"apps/people/working_groups.py"},
    "open a topic in a working group": {"apps/cooperation/discussions.py"},
    "withdraw a decision": {"apps/cooperation/discussions.py"},
    "look up who is mentioned": {"apps/cooperation/mentions.py"},
    "find who is told": {
        "apps/cooperation/moved.py",
        "apps/cooperation/partner_news.py",
        "apps/cooperation/telling.py",
    },
    "remind of agreed actions": {
        "apps/cooperation/promises.py",
        "apps/cooperation/reminders.py",
    },
    "leave a cooperation": {"apps/cooperation/leaving.py"},
    "ask what came of the meetings": {"apps/cooperation/feedback.py"},
    "send the week's digest": {"apps/cooperation/digest.py"},
    "leave a remark on a programme": {"apps/programmes/actions.py"},
    "leave a remark on a preliminary timetable": {"apps/meetings/remarks.py"},
    "keep one's own contact line": {
        "apps/meetings/contact.py",
        "apps/meetings/contact_mails.py",
    },
    "disclose the agenda of a meeting": {"apps/meetings/disclosing.py"},
    "tell the day of a meeting whose agenda is disclosed": {"apps/meetings/disclosing.py"},
    "end the showing of a preliminary timetable": {"apps/meetings/preliminary.py"},
    "accept what nobody declined": {"apps/meetings/unless_declined.py"},
    "keep two sides apart": {"apps/meetings/apart.py"},
    "count requests one after the other": {"apps/meetings/one_by_one.py"},
    "tell the other side of a request": {"apps/meetings/telling.py"},
    "call off the meetings of who left": {"apps/meetings/leaving.py"},
    "look for a time that suits two delegates": {
        "apps/meetings/booking.py",
        "apps/meetings/coming_along.py",
    },
    "follow who comes along to a meeting": {"apps/meetings/witness_reading.py"},
    "book a free slot": {
        "apps/meetings/coming_along.py",
        "apps/meetings/booking.py",
        "apps/meetings/repairing.py",
    },
    "queue a mail": {"apps/people/mail.py", "apps/people/mail_review.py"},
    "look at a mail before it leaves": {"apps/people/mail_reading.py"},
    "tell the other side of a listing": {"apps/market/telling.py"},
    "tell reviewers what waits": {"apps/market/review_news.py"},
    "tell of a last day": {"apps/market/review_news.py"},
    "release what a reviewer has read": {"apps/market/amounts.py"},
    "tell an applicant what became of it": {
        "apps/forum/applicant_news.py",
        "apps/forum/application_mails.py",
    },
    "tell a person what was decided about it": {
        "apps/forum/mails.py",
        "apps/forum/seat_mails.py",
        "apps/forum/stage_mails.py",
        "apps/meetings/mails.py",
    },
    "send a mail": {"apps/people/mail_said.py", "apps/people/mail_sending.py"},
    "keep one's own tokens": {"apps/people/tokens.py"},
    "keep webhooks": {"apps/forum/webhooks.py"},
    "call webhooks": {"apps/forum/webhook_calls.py"},
    "open a token": {"apps/people/tokens.py"},
    "keep what the API answered": {"apps/people/replies.py"},
    "open a calendar feed": {"apps/cooperation/open_feed.py", "apps/meetings/calendars.py"},
    "verify the audit log": {"apps/access/audit.py"},
    "grant a right": {"apps/people/rights.py"},
    "see whether an edition is empty": {"apps/forum/archiving.py"},
    "take an empty edition away": {"apps/forum/archiving.py"},
    "write a sheet in its reader's language": {"apps/forum/own_language.py"},
    "word what an organiser set up": {"apps/forum/stale_words.py"},
    "clear a nomination": {
        "apps/people/clearance_stages.py",
        "apps/people/places.py",
        "apps/people/vetting.py",
        "apps/forum/leaving.py",
    },
    "ask delegates into the directory": {"apps/forum/unlisted.py"},
    "invite a person": {"apps/people/invitations.py", "apps/forum/invitation_mails.py"},
    "change one's own record": {
        "apps/people/listing.py",
        "apps/people/privacy.py",
        "apps/forum/leaving.py",
    },
    "purge what is kept no longer": {"apps/people/purging.py"},
    "merge two records": {"apps/people/merging.py", "apps/people/merging_persons.py"},
    "load the sample edition": {
        "apps/cooperation/sample.py",
        "apps/cooperation/sample_after.py",
        "apps/funding/sample.py",
        "apps/programmes/sample.py",
        "apps/meetings/sample_about.py",
        "apps/meetings/sample_rows.py",
        "apps/market/sample.py",
    },
    "keep the record of a run": {"apps/meetings/jobs.py", "apps/meetings/import_jobs.py"},
    "keep two who meet in sight": {
        "apps/meetings/in_sight.py",
        "apps/meetings/asking.py",
    },
    "find whom to suspend": {"apps/people/standing.py"},
    "find out who a subject is": {"apps/people/queries.py"},
    "import participants": {
        "apps/meetings/import_writing.py",
        "apps/meetings/import_nominations.py",
    },
    "tell of new finds": {"apps/market/searches.py"},
    "encode a published text": {"apps/market/jobs.py", "apps/cooperation/jobs.py"},
}


def _calls() -> set[tuple[str, str]]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        place = str(path.relative_to(SOURCE))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "acting_as_system":
                (reason,) = node.args
                assert isinstance(reason, ast.Constant), f"{place}: write the reason as a literal"
                found.add((reason.value, place))
            if name == "Subject" and any(keyword.arg == "system" for keyword in node.keywords):
                assert place == "apps/access/permissions.py", f"{place}: use acting_as_system"
    return found


def test_every_system_act_has_a_known_reason_and_place() -> None:
    known = {(reason, place) for reason, places in REASONS.items() for place in places}
    assert _calls() == known
