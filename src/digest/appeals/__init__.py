"""The appeal: where it may stand, and why.

choose.py places it in a letter; links.py makes its amounts links. Both are pure.
"""
