"""Qualification: whether this installation is what it should be, and does what it should.

Two protocols, each a list of checks that are made by themselves and signed by people:

IQ   installation: program, libraries, disk, clock, keys, devices, as they are on this machine
OQ   operation: what the station does with good labels, bad ones and faults, on a simulated bench

    requirements   what a station has to do, and which clause asks for it
    check          one check: what is done, what is expected, what was found
    installed      what was installed: program, libraries, Python, the files of the service
    configured     what was set up: settings, the last start, catalogue, font, designs
    equipment      the devices, the proof of the scanner, the calibrations
    kept           what records need: engine, disk, clock, rights, keys, second place, backups
    trial          a whole station on the bench, in a folder of its own, with a person before it
    labels         good labels, and bad ones of every family
    stops          faults of every device, a kill in the middle of a label
    records        backup and restore, audits of records that were changed
    refusals       what has to be refused: orders, designs, people
    protocol       what came of it, as a document
    pages          the same on paper, with places for signatures

Nothing of it touches the records of the station, or prints on its printer.
"""
