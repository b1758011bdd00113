"""Drivers know wires: printers, cameras, scanners and gates, and nothing about labels."""
