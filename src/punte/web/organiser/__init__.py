"""Pages of the organisers: the timetable board, versions, runs of the solver, imports."""
