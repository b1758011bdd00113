"""The challenge at the line: known-bad labels of the order that runs, each of them rejected."""
