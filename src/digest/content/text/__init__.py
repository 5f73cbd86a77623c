"""Words, sentences and languages, in any script: what every other room asks of a text.

words.py          words: where they stand, how long a text is in them, and which of them carry no topic
tokens.py         a text's words, folded, with their places
sentences.py      sentences as spans of the text
abbreviations.py  words whose full stop need not end a sentence
guards.py         whole quotations, doubts and denials, speakers: what a sentence needs to stand alone
language.py       which language a text is in, and which way it runs
similarity.py     how alike two texts are
"""
