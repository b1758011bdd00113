"""ZPL II, as a printer understands it: bytes, commands, formats, a picture.

    commands     bytes → commands; prefixes that may change on the way
    formats      a stream of commands → whole formats, and what acts at once
    interpreter  a format → the picture of a label
    fields, text, barcodes, graphics, canvas   what a field looks like, and where it lands
    memory       what the printer keeps: graphics and formats

Source: Zebra, ZPL II Programming Guide (P1099958). What no printer does the same way as the
next is said where it is decided.
"""
