"""Labels, and every rule about them. Pure: no I/O, clock, thread, log or randomness."""
