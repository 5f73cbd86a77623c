"""The readers' rooms: leaving, choosing topics, the archive, an edition's page, the pictures.

/u/TOKEN  leave.py        GET shows, POST acts: the target of one-click unsubscribing (RFC 8058)
/s/TOKEN  preferences.py  topics, leaving, coming back
/e/…      archive.py      editions that were sent, as they were frozen
/i/NAME   pictures.py     pictures from our own address
pages.py  templates, words and the headers that protect them
"""
