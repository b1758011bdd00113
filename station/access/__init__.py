"""Who somebody is: secrets, lock-out, sessions. What they may do is in station.core.people."""
