"""The appeal: where it may stand, and why.

    choose.py   pure: the place of the appeal in a letter
    links.py    pure: the amounts as links
"""
