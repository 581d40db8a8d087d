"""Why a document cannot be written or read; sentences name the field and never its value."""


class CdaRefused(ValueError):
    """The document is no CDA of the kind that was asked for."""


class IncompleteDocument(ValueError):
    """Fields that the document's form requires are empty, or hold what CDA cannot carry.

    `missing` holds the fields' Korean names and `paths`, where they are known, their places.
    """

    def __init__(self, missing: tuple[str, ...], paths: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing
        self.paths = paths
