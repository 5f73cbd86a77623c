"""What may be said of a story in a few sentences, each verbatim at its place.

summarise.py   a story's few sentences: the publisher's deck, else the best of the text
standing.py    which sentences of an article can be shown, and with what
references.py  whether a sentence opens on what it does not show, by language
references_english.py  the English of that: words, phrases, "the group", a "he" without a name
dateline.py    a wire service's dateline, which is no part of a sentence
score.py       how much a sentence says about its article
clauses.py     where a sentence that is too long may end

others.py      what other accounts of a story add, and the figures in which they differ
tolls.py       what an account counts: killed, hurt, held, missing, shares, sums
news.py        what an account says that was not said when its story was carried
"""
