"""What the station tells other systems by itself: signed, in order, until it is taken."""
