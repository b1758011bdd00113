"""Imported once by the process that all stations and worlds are forked from, so that each of them
starts within milliseconds: the libraries are loaded, catalogue, templates and font are read.
"""

from torture import answers, station

__all__ = ["answers", "station"]

station.workshop()
