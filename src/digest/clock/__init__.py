"""Says when: what is due, and the process that asks every minute.

due.py        which issues a schedule asks for, and what each needs now (pure)
now.py        the one reader of the clock
tick.py       does what is due, once, and leaves it at that
scheduler.py  asks again and again: gathers, ticks, housekeeping
"""
