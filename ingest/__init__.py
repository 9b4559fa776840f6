"""From a public source to tidy readings."""
