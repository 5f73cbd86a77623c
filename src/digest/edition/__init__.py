"""The edition: how it is composed, in which forms it is shown, and which step may follow which.

compose.py   pure: a choice becomes an edition
addressed.py pure: each story has an address, and no two the same
content.py   pure: an edition as JSON and back, and its hash
variants.py  pure: which readers' wishes are shown as which letter
workflow.py  the states of an edition in the store
"""
