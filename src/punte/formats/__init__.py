"""Engine questions and answers as files."""
