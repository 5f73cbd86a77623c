"""The content engine: pure functions from what a publisher wrote to what an edition may say of it.

    html ─► extract ─► Page(blocks) ─► language, sentences ─► tags ─► stories ─► rank ─► choose ─► summarise

    dom.py            reads hostile HTML into a tree; no recursion
    walk.py           flat paragraphs with what surrounds them, and the page's pictures
    regions.py        what part of a page an element holds, by its name, class, id and role
    container.py      which element holds the article, by where the running text stands
    clusters.py       link boxes, stray fragments and repeats, by their structure alone
    wording.py        bios, appeals, credits, corrections and pointers, by their words
    phrases.py        those words, in many languages
    blocks.py         labels every paragraph: body, caption, bio, appeal, comment ...
    repeated.py       lines that a site repeats on its pages, learned without words
    notes.py          a publisher's corrections, apart from its updates
    pictures.py       the article's picture with its own caption and credit
    opinion.py        a second opinion where the structure leaves doubt; the home of trafilatura
    metadata.py       title, authors, date, picture and tags from a page's head and JSON-LD
    dates.py          instants from ISO 8601 to "March 3, 2026"
    people.py         people's names out of bylines
    deck.py           tells a publisher's own summary from a cut-off copy
    extract.py        a page, or a feed's full content, into a Page
    language.py       which language a text is in, and which way it runs
    sentences.py      sentences as spans of the text, in any script
    abbreviations.py  words whose full stop need not end a sentence
    summarise.py      a story's few sentences, each verbatim at its place
    others.py         what other accounts of a story add, and the figures in which they differ
    tolls.py          what an account counts: killed, hurt, held, missing, shares, sums
    score.py          how much a sentence says about its article
    standing.py       which sentences of an article can be shown, and with what
    references.py     whether a sentence opens on what it does not show, by language
    references_english.py  the English of that: words, phrases, "the group", a "he" without a name
    clauses.py        where a sentence that is too long may end
    guards.py         whole quotations, doubts and denials, speakers
    words.py          words in any script, and which of them carry no topic
    similarity.py     how alike two texts are
    duplicates.py     the same text in several homes
    accounts.py       what grouping keeps of an article: weighed words, names, days, runs of words
    days.py           weekdays and dates that a text names
    rarity.py         how telling a word is among the articles of its language
    likeness.py       how likely two articles tell of one event
    neighbours.py     pairs of articles that share telling words, found through an index
    lead.py           which account of a story leads, and what its accounts share
    marks.py          the few words and runs by which an article finds its neighbours in the store's index
    tally.py          in how many articles words stand, in bounded space
    packed.py         what grouping keeps of an article, as bytes
    tags.py           the vocabulary's tags, with the words that matched
    evidence.py       what speaks for a tag, weighed by place and count
    mentions.py       where a text speaks of a tag, and what an `unless` phrase forbids
    aliases.py        the spellings of a vocabulary, found in one pass
    romanised.py      Arabic names in any Latin spelling
    transliteration.py  which Latin spellings are one Arabic name
    tokens.py         a text's words, folded, with their places
    patterns.py       an editor's regular expressions, checked and bounded
    labels.py         publishers' categories, tags and keywords as the vocabulary's tags
    corrections.py    editors' words on tags, and what follows from them
    learner.py        what their words teach
    suggest.py        phrases that recur and have no tag
    capitals.py       capitalised phrases of a text
    stories.py        articles on one event, and copies of one text
    linkage.py        average-link clustering, careful where it is crowded, the same for any order
    rank.py           a story's points in a section, term by term
    prior.py          what readers made of an outlet's stories so far
    nearness.py       how like stories are to those chosen, and to those carried
    news.py           what an account says that was not said when its story was carried
    places.py         where every story would stand, before anything is chosen
    rules.py          the configuration as the engine's rules
    choose.py         what an edition takes and leaves, within its caps
    desk.py           the state of one choice
    minima.py         whether the sections' minima can still be met
    quota.py          an edition's places shared out among its sections
    whynot.py         which rule left a story out, and what it would have needed
    asked.py          what a language model is asked, and what its answer says
    addressed.py      sentences that speak to a model instead of a reader
    cited.py          refuses a model's sentence that the sentences it cites do not bear out
    said.py           the words of the sentences that are cited
    bearing.py        what "not" and "may" bear on
    figures.py        the figures of a sentence, and what they count
    quoted.py         what stands between quotation marks
    tongues.py        numbers, dates, negations, doubts and opposites, by language

Nothing here reads a file, a clock, a network or chance. Every offset is in code points of `Page.text`.
"""
