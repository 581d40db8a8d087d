"""Whoever asks a stored query: what they may see, and how whole they want it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.xds import Association, DocumentEntry, Folder, SubmissionSet
from naru.registry import associations, entries, packages, selection
from naru.registry.ceiling import require_few
from naru.registry.identity import Survivors, known
from naru.registry.selection import Row
from naru.registry.values import Permit, Resolved
from naru.registry.visibility import shown

Identifiers = Mapping[UUID, Identifier | None]
"""The id under which each stored patient is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """With `leaf` objects are given whole (LeafClass), without it by their ids (ObjectRef).

    With `refuse_unknown` a patient of whom no feed told is an error, else one without records:
    the affinity domain's policy (ITI TF-2 3.18.4.1.3).
    """

    survivors: Survivors
    permit: Permit
    leaf: bool
    refuse_unknown: bool = False

    def person(self, identifier: Identifier) -> Resolved | None:
        """The person of an id. Raises XDSUnknownPatientId where that is the policy."""
        resolved = known(identifier, self.survivors.patients)
        if resolved is not None:
            self.survivors.learn(resolved)
        elif self.refuse_unknown:
            # ITI TF-3 Table 4.2.4.1-2: the context includes the id, which only its asker gets back.
            raise failure(
                ErrorCode.XDSUnknownPatientId, f"the patient {identifier} is not known here"
            )
        return resolved

    def permitted(self, found: list[Row]) -> list[Row]:
        """Those entries that may be shown."""
        return entries.permitted(found, self.permit, self.survivors)

    def shown(self, found: Iterable[Row]) -> list[Row]:
        """Those packages or associations that may be shown, with all that they lead to."""
        rows = list(found)
        visible = shown((str(row[0]) for row in rows), self.permit, self.survivors)
        return [row for row in rows if row[0] in visible]

    def require_few(self, *found: Sequence[Row]) -> None:
        """Raise XDSTooManyResults, before anything is opened."""
        require_few(*found, leaf=self.leaf)

    def require_single_patient(self, *found: Iterable[Row]) -> None:
        """Raise XDSResultNotSinglePatient for whole objects of several patients.

        What is withheld is not counted, or it would show.
        """
        if not self.leaf:
            return
        owners = {self.survivors.of(owner(row)) for rows in found for row in rows}
        if len(owners) > 1:  # ITI TF-2 3.18.4.1.2.3.7.5 note 3, and alike at the other queries.
            raise failure(
                ErrorCode.XDSResultNotSinglePatient,
                "the objects belong to more than one patient; ask for ObjectRef",
            )

    def entries(
        self, found: Sequence[Row], under: Identifiers | None = None
    ) -> tuple[DocumentEntry, ...]:
        """The entries, under the given ids or each under that of its patient."""
        return entries.opened(found, self._under(found, under), leaf=self.leaf)

    def submission_sets(
        self, found: Sequence[Row], under: Identifiers | None = None
    ) -> tuple[SubmissionSet, ...]:
        """The submission sets, under the given ids or each under that of its patient."""
        return packages.opened_sets(found, self._under(found, under), leaf=self.leaf)

    def folders(self, found: Sequence[Row], under: Identifiers | None = None) -> tuple[Folder, ...]:
        """The folders, under the given ids or each under that of its patient."""
        return packages.opened_folders(found, self._under(found, under), leaf=self.leaf)

    def associations(self, found: Iterable[Row]) -> tuple[Association, ...]:
        """The associations, in the order of registration."""
        return associations.opened(sorted(found, key=associations.position))

    def _under(self, found: Iterable[Row], given: Identifiers | None) -> Identifiers:
        if given is not None or not self.leaf:
            return given or {}
        return self.survivors.identifiers(map(owner, found))


def owner(row: Row) -> UUID:
    """The patient under whom an entry or a package stands."""
    return selection.uuid_of(row[2])


def uuids(found: Iterable[Row]) -> list[str]:
    """The entryUUIDs of rows of any kind."""
    return [str(row[0]) for row in found]
