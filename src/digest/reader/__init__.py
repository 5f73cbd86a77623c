"""The readers' rooms: signing up, leaving, choosing, the archive, an edition's page, the pictures.

/subscribe  signup.py     the form, which may stand on another site; network.py, stamps.py and fields.py guard it
/confirm/…  confirm.py    the links of our mails: joining, a copy of what is held, erasure; outbound.py mails them
/u/TOKEN  leave.py        GET shows, POST acts: the target of one-click unsubscribing (RFC 8058); less beside it
/s/TOKEN  preferences.py  topics, cadence, a pause, language, leaving, coming back; newaddress.py  another address
/e/…      archive.py      editions that were sent, as they were frozen
/i/NAME   pictures.py     pictures from our own address
pages.py  templates, words and the headers that protect them
"""
