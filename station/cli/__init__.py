"""The command line, one file for each thing people do with it."""
