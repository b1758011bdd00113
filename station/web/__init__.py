"""Pages for the people at the station."""
