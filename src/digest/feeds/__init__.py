"""Fetching and reading what others publish: feeds, pages, pictures. Everything that enters is hostile until cleaned.

fetch.py ─► parse.py ─► identify.py ─► the store. reach.py says where a fetch may go, address.py spells addresses in
one way, health.py says when to ask again. expat.py makes feedparser fast, reading.py reads an article's text, when it
is wanted.
"""
