"""The label station: prints UDI labels, reads each one back, and writes down what it saw."""
