"""Which stories an edition takes: ranked term by term, chosen within its caps, every refusal explained.

rank.py      a story's points in a section, term by term
prior.py     what readers made of an outlet's stories so far
nearness.py  how like stories are to those chosen, and to those carried
places.py    where every story would stand, before anything is chosen

choose.py    what an edition takes and leaves
desk.py      the state of one choice
minima.py    whether the sections' minima can still be met
quota.py     an edition's places shared out among its sections
whynot.py    which rule left a story out, and what it would have needed
"""
