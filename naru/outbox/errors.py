class LeaseLost(Exception):
    """The work was given to another worker, or is finished: what was done for it must not stay."""
