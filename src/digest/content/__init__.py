"""The content engine: pure functions from what a publisher wrote to what an edition may say of it.

    html ─► page ─► Page ─► tags ─► stories ─► choice ─► summary
                            what it  what it    what is   what is
                            is about tells of   taken     said of it

    choice/   ranks a section's stories and takes the best within its caps: rank, choose, why not
    claims/   what a language model is asked, and what of its answer is refused
    stories/  which articles tell of one event, and which are copies
    tags/     the vocabulary's tags, with the words that matched; what editors' corrections teach
    summary/  a story's few sentences, what other accounts add, what is new in them
    page/     a page's article, its blocks labelled, with what its head says
    text/     words, sentences, languages and likeness, in any script
    rules.py  the configuration as the engine's rules

A room imports from those below it: `text`, then `page`, then `summary`; the other four know nothing of one another.
Nothing here reads a file, a clock, a network or chance. Every offset is in code points of `Page.text`.
"""
