"""Templates that another designer wrote as ZPL: read strictly, filled safely, drawn in advance.

    design       the bytes of a .zpl file → its statements and fields
    placeholder  ${serial}, ${hri:21} … in the data of a field
    allowed      what a design may hold: one line for each command
    forbidden    why it may not hold the others
    lint         everything that can be wrong with a design before a label's data are known
    filling      a design and one label's data → the bytes for the printer
    inspection   what the label would look like → what is wrong with it
    comparable   which texts a picture drawn in advance can be compared with
    artwork      one label: ForeignArtwork
    template     all of it together: ForeignTemplate

Source: Zebra, ZPL II Programming Guide (P1099958).
"""
