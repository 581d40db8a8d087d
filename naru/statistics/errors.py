class Overtaken(Exception):
    """Another worker counted the same records meanwhile: nothing of this turn is kept."""
