"""Countries and their statuses, labels, the subject, the wall, audit."""
