"""Pure: arrays in, arrays and tables out; no SQL, no HTTP, no files, no clock."""
