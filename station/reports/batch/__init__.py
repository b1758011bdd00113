"""The batch record of an order on paper, made from its document and nothing else.

binder.py   from the journal to the document and the PDF: begin here
pages.py    the sections in their order
voice.py    how codes, times and people are said in one language
…           one module for each part of the record
"""
