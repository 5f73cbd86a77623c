"""How letters leave: frozen, counted, and never twice.

    assemble ─► enrol ─► claim ─► (journal) transport (journal) ─► settle ─► counts
    message.py  enrol.py ledger.py  smtp.py | folder.py                      deliveries.py
                            └────────── recover.py: what a worker that died had under way

headers.py   names and subjects as header lines        fill.py      joins a frozen letter around one reader's values
states.py    which state may follow which              patience.py  when a letter that was told "later" is tried again
journal.py   each start and reply, on disk at once     locks.py     who is alive, known by locks the kernel frees
lines.py     the ways of one process                   processes.py several of them
loop.py      many SMTP connections in one thread       threads.py   ways that block, a thread each
dialogue.py  who speaks when by SMTP, without a socket dial.py, connection.py  the socket
grammar.py   how its commands and replies are written
dkim.py      signs a frozen letter for each reader     dkim_key.py  the key, and what belongs into the DNS
pace.py      rates, warm-up, quiet hours: pure         allowances.py what of them is used up, in the database
freeing.py   gives back the places of what is held
unreached.py a server that cannot be used is tried ever less often
canary.py    a few first, and then the rest            storms.py    when a server or a domain wants nothing from us
doubt.py     settles what nobody knows                 evidence.py  reads a mail server's log
standing.py  who may be written to at this moment      counts.py    how an edition's letters stand
sift.py      what of the letters that are due leaves now, is skipped or put off
watch.py     the lease, a hold and the word to end, while letters leave
run.py       `send`: all of it in a loop, resumable    parcels.py   the letter of one reader
waves.py     when each reader's letter is due, and in which wave
permitted.py refuses a run that readers could not stop      deliveries.py  who got it, which variant, when, the reply

What comes back:

    mailbox ─► read ─► whose letter ─► what follows
    mailbox.py bounces.py  returns.py      reports.py

letterbox.py which mailbox: DIGEST_BOUNCES_URL   imap.py, maildir.py  the two kinds of it
incoming.py  takes a hostile message apart       complaints.py        complaints in the Abuse Reporting Format
codes.py     what a code says of a reader        consequences.py      suppression, and soft bounces in a row
refusals.py  refusals at once count like bounces
"""
