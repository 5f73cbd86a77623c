"""Stories: which articles tell of one event, and which are copies of one text.

    article ─► accounts ─► neighbours ─► likeness ─► linkage ─► grouping ─► stories
               what is     who shares    how likely   who is
               kept of it  telling words one event    together

grouping.py    articles into stories: the whole of it
accounts.py    what grouping keeps of an article: weighed words, names, days, runs of words
days.py        weekdays and dates that a text names
duplicates.py  the same text in several homes
rarity.py      how telling a word is among the articles of its language
neighbours.py  pairs of articles that share telling words, found through an index
likeness.py    how likely two articles tell of one event
linkage.py     average-link clustering, careful where it is crowded, the same for any order
lead.py        which account of a story leads, and what its accounts share

What the store keeps between one gathering and the next:

marks.py       the few words and runs by which an article finds its neighbours in the store's index
tally.py       in how many articles words stand, in bounded space
packed.py      what grouping keeps of an article, as bytes
"""
