"""The verification study: labels known to be bad, and good ones, put through the whole pipeline.

labels.py       distinct labels: other serials, lots and dates for each
families.py     what is wrong with them, and which reason is the right one
texts.py        wrong, missing and exchanged characters anywhere on a label
prints.py       what a worn printer makes of a label
trial.py        one label: made, photographed, looked at, judged
agreement.py    the same label looked at again, and by another reader
run.py          so many of each family, in several processes
photographs.py  real labels: photographs and what they show
report.py       what came out, as a document
pages.py        the same on paper

What is simulated and what was photographed at a plant are never put in one table.
"""
