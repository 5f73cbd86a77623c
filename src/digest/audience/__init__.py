"""Readers: what they asked for, how they leave, and who must never be written to.

addresses.py      one spelling of an address, or why it is none (pure)
tokens.py         the signed names in a letter's links
subscriptions.py  add, unsubscribe, erase, show
suppression.py    addresses barred for good, as keyed hashes
lines.py          one line of an import, checked (pure)
importing.py      CSV and JSON lines in, in batches
exporting.py      and out again
"""
