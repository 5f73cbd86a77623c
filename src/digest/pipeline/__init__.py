"""The four use cases, and what they share.

digest gather      gather.py   feeds ─► fetch ─► parse ─► identify ─► articles in the store
digest draft       draft.py    articles ─► candidates ─► stories ─► tags ─► rank ─► choose ─► edition, as JSON
digest approve     approve.py  edition ─► letters, pages, posts ─► preflight ─► frozen bytes and their hashes
digest publish     publish.py  frozen bytes ─► letters by the ledger, posts by the ledger ─► outcomes

candidates.py  which articles a newsletter has not yet considered
articles.py    an article's row as the frozen value the content engine works on
selection.py   which stories an edition takes, and why not the others
carried.py     stories that were carried: they return with what is new, or stay away
usual.py       what is usual for each outlet, and what was carried lately
replay.py      past editions composed again with other rules; writes nothing
workers.py     other processes for what reads hostile input, on all cores
remember.py    what a feed said, compared with what is known and kept as it came
texts.py       what was kept as it came is read, once, when an edition considers it
pictures.py    the pictures an edition shows, fetched once and served from our address
pages.py       the articles' own pages, where the newsroom asks for them
forms.py       an edition in each of its forms: what approve freezes and preview shows
preview.py     exactly what would be sent, with dead tokens
wish.py        an editor's wish for one story of a draft
resume.py      an editor lets a run go on that was held or rests, or passes the canary
notices.py     what the editors are told by mail
"""
