"""The editors' rooms: plain pages and plain forms, no script needed.

urls.py      which address leads to which page
gate.py      who may come in
links.py     one-time sign-in links: made, mailed, spent
door.py      the sign-in pages
desk.py      editions, feeds and notices, listed
edition.py   one edition, in its forms
decide.py    approve, hold, shape, and let a run go on
show.py      what the pages show, as plain values
pages.py     how a page is answered: templates, headers, errors in words
"""
