"""For all tests: how fast an example runs is never asserted."""

from hypothesis import settings

settings.register_profile("station", deadline=None)
settings.load_profile("station")
