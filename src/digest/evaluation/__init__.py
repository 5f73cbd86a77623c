"""Measures the content engine on texts whose right answers are known, beside what one would use without it.

    samples.py     reads sets: JSON lines, JSON, packed or not, a folder of them
    figures.py     a figure with its 95 % interval, and a report of figures
    measures.py    ROUGE, n-grams, B-cubed, ranks; the home of rouge-score
    rivals.py      LEAD, LexRank, TextRank, MinHash, trafilatura; the home of sumy and datasketch
    extra.py       the libraries of the extra `evaluate`, or how to install them
    truecase.py    tokenised, lower-cased sets, as text again
    faults.py      what a reader stumbles over in a summary
    summaries.py   stories.py   copies.py   tags.py   pages.py   rank.py     one kind of evaluation each

Files are read in samples.py and pages.py only. Chance has a fixed seed: the same set gives the same figures.
"""
