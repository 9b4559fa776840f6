"""What is known before any reading arrives: settings, the clock, and the dated facts of the catalogue."""
