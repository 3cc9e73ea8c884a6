"""Pages of the outbox and of one's own mails."""
