"""A module per question: reads the store, calls analysis, returns one result object."""
