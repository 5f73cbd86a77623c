"""Posts to social accounts: each once, at a humane pace, and never an outcome that is not known.

plan ─► planned ─► sending ─► sent
          ▲  ▲        │├────► failed      (the network said no)
          │  └────────┤└────► planned     (later: the network asked to wait, or could not be reached)
          │           ▼
          └────── uncertain ─► sent       (found by reading the account back, or a person says so)

ledger.py    the rows: planning, taking, concluding; law 2
rules.py     who may post now: the first approval, the gap, the month's cap, what is too late
outcome.py   what a network can answer, as values
prices.py    what a post costs
x.py         X, the one home of tweepy       folder.py  files instead of a network
run.py       posts what is due
"""
