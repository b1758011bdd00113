"""The batch record of an order, gathered from the journal.

batch.py           all of it: begin here
past.py            the events of an order, and how their times are written
labels.py          every label in stretches, and those that are not simply good
made.py            what it was made with; the first article
nonconformances.py rejected labels: what was meant, what was read
happened.py        stops, faults, what was changed, labels in doubt
signed.py          who stands for what
account.py         the reconciliation sheet
quality.py         how the print went
chain.py           why all of this can be believed
"""
