"""A virtual bench on real sockets, ttys and streams, so that real drivers drive it."""
