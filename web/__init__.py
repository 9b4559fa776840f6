"""The HTTP API and the pages: the same questions as the command line."""
