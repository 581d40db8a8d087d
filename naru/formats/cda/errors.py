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


class UnfitContent(IncompleteDocument):
    """A field holds what the form has no place for, or what CDA cannot carry: it is not dropped."""


class FormWrong(ValueError):
    """A form's file cannot be used; the sentence names the file and what is wrong in it."""
