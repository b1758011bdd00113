"""From a code to everything that is recorded about it."""
