"""The whole database in one room: a file a noun.

    people.py     User, SignInLink           who may approve
    feeds.py      Feed, Picture              each feed's health; pictures served from our address
    articles.py   Article, ArticleName, Revision, Story
    editions.py   Edition, Consideration, Variant, Notice
    audience.py   Subscriber, Subscription, Suppression
    letters.py    Letter, SendWindow, Worker the ledger of letters
    posts.py      Post                       the ledger of posts
    install.py    Install                    which machine this database belongs to
    backup.py     all of it in one file, and back; refill.py puts rows in, counters.py goes on beyond the original
    once.py       a word in a file beside it, on which all processes of a home agree
    rows.py       many rows by one statement
    moments.py    transactions and locks that mean the same on both databases

Model instances stay here and in the rooms above; the pure parts see the frozen values of `digest.model`.
"""
