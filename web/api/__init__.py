"""The HTTP API: the questions of the command line under /v1."""
