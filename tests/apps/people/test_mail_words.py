"""The words of a mail: filled, and without the gaps of what has no value."""

from punte.apps.people.mail_kinds import fill


def test_what_has_no_value_leaves_no_gap() -> None:
    words = "Dear {name},\n\n{reason}\n\n{about}\n\n{until}\n\n{link}\n"
    told = fill(words, {"name": "A. B.", "reason": "We build sensors.\n\nMore of it.", "link": "x"})
    assert told == "Dear A. B.,\n\nWe build sensors.\n\nMore of it.\n\nx\n"
