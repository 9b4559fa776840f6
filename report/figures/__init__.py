"""Figures: rows in, SVG out. No SQL, no clock, no language: what is written on them comes with the rows."""
