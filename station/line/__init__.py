"""The line: orders come in, labels go through, one at a time. Read cycle.py first."""
