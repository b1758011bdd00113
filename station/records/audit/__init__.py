"""Looking at everything that is recorded, offline."""
