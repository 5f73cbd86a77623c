"""What is on a publisher's page: hostile HTML into a Page of labelled blocks.

    html ─► dom ─► walk ─► container ─► blocks ─► extract ─► Page
                   flat    where the    what each  with what the page's head says
                   pieces  article is   piece is   (metadata)

extract.py    a page, or a feed's full content, into a Page

dom.py        reads hostile HTML into a tree; no recursion
walk.py       flat paragraphs with what surrounds them, and the page's pictures
regions.py    what part of a page an element holds, by its name, class, id and role
container.py  which element holds the article, by where the running text stands
opinion.py    a second opinion where the structure leaves doubt; the home of trafilatura

blocks.py     labels every paragraph: body, caption, bio, appeal, comment ...
by_words.py   the label of a piece whose surroundings say nothing
clusters.py   link boxes, stray fragments and repeats, by their structure alone
wording.py    bios, appeals, credits, corrections and pointers, by their words
phrases.py    those words, in many languages
repeated.py   lines that a site repeats on its pages, learned without words
notes.py      a publisher's corrections, apart from its updates

metadata.py   title, authors, date, picture and tags from a page's head
jsonld.py     what a page says of its article in JSON-LD
dates.py      instants from ISO 8601 to "March 3, 2026"
people.py     people's names out of bylines
pictures.py   the article's picture with its own caption and credit
deck.py       tells a publisher's own summary from a cut-off copy
"""
