"""The rules of registration, one small function each, with its clause.

A rule yields every breach it sees; a submission is refused with all of them together.
"""
