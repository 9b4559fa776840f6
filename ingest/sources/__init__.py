"""One file per public source: constants and links on top, fetch, and a pure parse."""
