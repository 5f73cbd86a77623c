"""The tables' history; made by Django, applied by `digest migrate`."""
