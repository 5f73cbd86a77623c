"""Readers: what they asked for, how they leave, and who must never be written to.

addresses.py      one spelling of an address, or why it is none (pure)
tokens.py         the signed names in a letter's links
subscriptions.py  add, unsubscribe, erase, show
moving.py         another address of theirs, confirmed there
choices.py        what readers change on their own page: cadence, a pause, language
requests.py       what is asked for on a page and confirmed by a mailed link
limits.py         how often it may be asked
proxied.py        that a proxy which nobody named spoke for readers
mails.py          what those mails say; words.py has the languages
personal.py       everything held about one reader
suppression.py    addresses barred for good, as keyed hashes
lines.py          the lines of an import, each into its fields (pure)
importers.py      other programs' exports as if they were ours (pure)
rows.py           what a line says, checked (pure)
importing.py      readers in, in batches; bulk.py writes these
exporting.py      and out again; formulas.py keeps spreadsheets from running what is in it
outbox.py         letters that were written into a folder, forgotten with their reader
zones.py          the names of all time zones
"""
