"""USB vendor ids of those who make what stands on a label line (usb.ids, as udev carries it).

An id says who made a device and not what it is: Zebra makes printers under one and scanners under
another, and a vendor of scanners may make something else tomorrow. It is a hint for a person.
"""

SCANNERS = {
    0x0536: "Honeywell",  # Hand Held Products
    0x05E0: "Zebra",  # Symbol Technologies
    0x05F9: "Datalogic",  # PSC Scanning
    0x065A: "Opticon",
    0x0745: "CipherLab",  # Syntech
    0x080C: "Datalogic",
    0x0C2E: "Honeywell",  # Metrologic
    0x1EAB: "Newland",
}

PRINTERS = {0x0A5F: "Zebra", 0x1203: "TSC"}
