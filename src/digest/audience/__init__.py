"""Readers: what they asked for, how they leave, and who must never be written to.

addresses.py      one spelling of an address, or why it is none (pure)
tokens.py         the signed names in a letter's links
subscriptions.py  add, unsubscribe, erase, show
suppression.py    addresses barred for good, as keyed hashes
importing.py      CSV and JSON lines in          exporting.py  and out
"""
