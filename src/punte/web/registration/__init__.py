"""Pages of applications to come: the applicant's, the organisers'."""
