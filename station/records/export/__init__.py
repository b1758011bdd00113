"""One order as a folder that proves itself."""
