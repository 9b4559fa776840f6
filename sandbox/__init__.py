"""A local upstream that speaks the sources' wire formats, for demo, tests and fault drills."""
