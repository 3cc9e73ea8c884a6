"""Meetings: requests, availability, timetable versions, calendar feeds."""
