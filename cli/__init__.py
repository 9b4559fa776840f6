"""The command line: a module per noun; parse, ask one question, print."""
