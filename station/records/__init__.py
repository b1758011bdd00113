"""What happened, written down for ever."""
