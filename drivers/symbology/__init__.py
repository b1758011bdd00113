"""Encoders of the ZPL interpreter, written apart from the decoders that will read them.

A station that drew and read its symbols with one library would only prove that the library
agrees with itself.
"""
