"""Copies of the records that are proved to come back, and making a station of one."""
