"""What machines ask: orders in, counts and records out. What people see is in station.web."""
