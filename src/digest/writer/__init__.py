"""The door for a language model: off by default, never needed, and never trusted.

    connection.py   the one place that connects to the operator's endpoint
    budget.py       what a day's questions may take, kept in the database
    rehearsal.py    an invented article, to see whether the model can be used
    write.py        an article's summary in a model's words, or why not

What is asked, how answers are read and what is refused is pure: `content/claims/asked.py`, `content/claims/cited.py`.
"""
