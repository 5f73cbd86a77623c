"""What a language model is asked of an article, and what is refused of its answer.

asked.py      the question, and what the answer says: numbered sentences in, cited ones out
addressed.py  sentences that speak to a model instead of a reader
cited.py      refuses a model's sentence that the sentences it cites do not bear out
said.py       the words of the sentences that are cited
bearing.py    what "not" and "may" bear on
figures.py    the figures of a sentence, and what they count
quoted.py     what stands between quotation marks
tongues.py    numbers, dates, negations, doubts and opposites, by language
"""
