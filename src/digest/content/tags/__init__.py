"""Tags: which words of a vocabulary an article earns, with the words that matched.

vocabulary.py       the vocabulary's tags of an article, each with its reason
evidence.py         what speaks for a tag, weighed by place and count
mentions.py         where a text speaks of a tag, and what an `unless` phrase forbids
aliases.py          the spellings of a vocabulary, found in one pass
romanised.py        Arabic names in any Latin spelling
transliteration.py  which Latin spellings are one Arabic name
patterns.py         an editor's regular expressions, checked and bounded
labels.py           publishers' categories, tags and keywords as the vocabulary's tags

corrections.py      editors' words on tags, and what follows from them
learner.py          what their words teach
suggest.py          phrases that recur and have no tag
capitals.py         capitalised phrases of a text
"""
