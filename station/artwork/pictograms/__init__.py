"""Pictograms of medical devices, drawn as vectors for the dots they will have.

Numbers alone are clauses of ISO 15223-1:2021. A name takes exactly the values in the last column.
Those marked * are drawn after what the standard says they show, without its picture at hand:
whoever approves a template compares them with the standard first. Clauses in
parentheses are general knowledge.

| name | clause | drawn as | least dots | takes |
|---|---|---|---|---|
| manufacturer | 5.1.1 | factory, filled | 16 | |
| ec-rep | 5.1.2 | EC, REP in a box | 16 | |
| manufactured | 5.1.3 | factory, in outline | 16 | |
| use-by | 5.1.4 | hourglass | 16 | |
| lot | 5.1.5 | LOT in a box | 16 | |
| ref | 5.1.6 | REF in a box | 16 | |
| serial | 5.1.7 | SN in a box | 16 | |
| importer * | 5.1.8 | globe, and an arrow into a place | 20 | |
| distributor * | 5.1.9 | lorry | 20 | |
| model | 5.1.10 | # in a box | 16 | |
| country * | 5.1.11 | factory with the letters of the country | 24 | code |
| sterile | 5.2.1 | STERILE in a box | 16 | |
| sterile-a | 5.2.2 | the same and A: aseptic processing | 16 | |
| sterile-eo | 5.2.3 | the same and EO: ethylene oxide | 16 | |
| sterile-r | 5.2.4 | the same and R: irradiation | 16 | |
| sterile-heat | 5.2.5 | the same and a thermometer: steam or dry heat | 24 | |
| do-not-resterilize | 5.2.6 | 2 and STERILIZE, struck out | 56 | |
| non-sterile * | 5.2.7 | NON over STERILE | 30 | |
| package-damaged * | 5.2.8 | open carton, struck out | 28 | |
| sterile-vh2o2 | (5.2.10) | STERILE and VH₂O₂: hydrogen peroxide | 28 | |
| barrier-single | 5.2.11 | one oval | 16 | |
| barrier-double | 5.2.12 | two ovals | 20 | |
| barrier-inside | 5.2.13 | oval, and a dashed one inside | 28 | |
| barrier-outside | 5.2.14 | oval, and a dashed one around it | 24 | |
| fragile | 5.3.1 | cracked glass | 20 | |
| sunlight | 5.3.2 | sun over a roof | 24 | |
| dry | 5.3.4 | umbrella in the rain | 20 | |
| temperature-lower | 5.3.5 | thermometer, value at the lower left | 24 | lower |
| temperature-upper | 5.3.6 | thermometer, value at the upper right | 24 | upper |
| temperature | 5.3.7 | thermometer between both | 24 | lower, upper |
| humidity * | 5.3.8 | drop with % between both | 28 | lower, upper |
| pressure * | 5.3.9 | a circle pressed from both sides, between both | 24 | lower, upper |
| do-not-reuse | 5.4.2 | 2, struck out | 20 | |
| consult | 5.4.3 | open book with an i | 16 | |
| electronic-instructions | 5.4.3 | the same and eIFU | 20 | |
| caution | 5.4.4 | triangle with an exclamation mark | 20 | |
| latex * | 5.4.5 | LATEX in a triangle | 30 | |
| human-blood * | (5.4.6) | drop with a person in it | 26 | |
| medicinal * | (5.4.7) | capsule and tablet in a box | 28 | |
| animal-origin * | (5.4.8) | cow over BIO | 30 | |
| human-origin * | (5.4.9) | person over BIO | 30 | |
| single-patient * | 5.4.12 | person with a 1, arrows round about | 32 | |
| ivd | 5.5.1 | IVD in a box | 16 | |
| non-pyrogenic * | 5.6.3 | flame, crossed out | 30 | |
| patient * | 5.7.3 | person and a question mark | 16 | |
| website * | 5.7.4 | person before a screen with an i | 20 | |
| health-centre * | 5.7.5 | house with a cross | 20 | |
| implant-date | 5.7.6 | leaf of a calendar | 20 | |
| md | 5.7.7 | MD in a box | 16 | |
| udi | 5.7.10 | UDI in a box | 16 | |
| this-way-up | ISO 7000-0623 | two arrows over the ground | 16 | |
| rx-only | 21 CFR 801.109(b)(1) | Rx only in a box | 20 | |
| ce | (EU) 2017/745 Annex V | CE mark and a notified body's number | 20 | number |
| ce-no-body | (EU) 2017/745 Annex V | CE mark alone: no body was involved | 20 | |
| weee | EN 50419 | bin on wheels, crossed out, over a bar | 36 | |
| ac | IEC 60417-5032 | one wave: alternating current | 16 | |
| class-ii | IEC 60417-5172 | square in a square | 16 | |
| type-bf | IEC 60417-5333 | person in a square | 24 | |
| type-b | IEC 60417-5840 | person | 20 | |
"""

from station.artwork.pictograms.drawing import pictogram
from station.artwork.pictograms.table import NAMES

__all__ = ["NAMES", "pictogram"]
