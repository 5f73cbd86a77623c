"""Readers: what they asked for, how they leave, and who must never be written to.

addresses.py      one spelling of an address, or why it is none (pure)
tokens.py         the signed names in a letter's links
subscriptions.py  add, unsubscribe, erase, show
moving.py         another address of theirs, confirmed there
choices.py        what readers change on their own page: cadence, a pause, language
requests.py       what is asked for on a page and confirmed by a mailed link
limits.py         how often it may be asked
mails.py          what those mails say; words.py has the languages
personal.py       everything held about one reader
suppression.py    addresses barred for good, as keyed hashes
lines.py          one line of an import, checked (pure)
importing.py      CSV and JSON lines in, in batches
exporting.py      and out again
"""
