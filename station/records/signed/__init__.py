"""Heads of the journal, signed and kept in a second place."""
