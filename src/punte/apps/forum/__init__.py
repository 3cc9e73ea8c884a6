"""Editions of a forum: host, venue, days and slots, sessions, delegates."""
