"""Whether a resource keeps to a profile of KR Core: every fault by its element and its rule.

The rule's name is the profile's id, the element's id and the kind of rule, as in
`krcore-patient:Patient.identifier:min`. What R4 itself demands is checked first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from naru.domain.korea import korean_day
from naru.domain.terminology import System, code_system
from naru.formats.fhir import validation as r4
from naru.formats.fhir import values
from naru.formats.fhir.elements import Element, resource_types, type_of
from naru.formats.fhir.krcore import invariants
from naru.formats.fhir.krcore.best_practice import advised
from naru.formats.fhir.krcore.profile_tree import Node, Tree, tree
from naru.formats.fhir.krcore.reading import at, day, word
from naru.formats.fhir.krcore.value_sets import KCD_8, Belongs, Known, ValueSet, value_set
from naru.formats.fhir.outcome import Issue, IssueType, Severity, to_operation_outcome
from naru.formats.fhir.resource import Json, Resource

MOST_CODES: Final = 2_000
"""Different codes of one resource that the terminology is asked for; of more nothing is said."""

MOST: Final = 200
"""Faults that are told of one resource."""

_DAYS: Final = ("recordedDate", "authoredOn", "effectiveDateTime", "performedDateTime", "issued")
"""Where a resource tells the day on which its codes have to be valid."""


def validate(resource: Resource, profile: str = "", *, known: Known | None = None) -> Resource:
    """The OperationOutcome of a resource, by R4 and by a profile of KR Core or those it claims.

    What R4 recommends is told behind what it demands, and only where the structure is sound.
    """
    issues = faults(resource, *([profile] if profile else claimed(resource)), known=known)
    issues = (*issues, *(_unjudged(resource) if not profile else ()))
    if not issues:
        done = Issue(IssueType.INFORMATIONAL, "valid", severity=Severity.INFORMATION, detail=_SOUND)
        issues = (done,)
    if not any(one.sentence.startswith("R4: ") for one in issues):
        issues = (*issues, *advised(resource))[:MOST]
    return to_operation_outcome(issues)


_SOUND: Final = "규칙에 맞습니다."


def _unjudged(resource: Resource) -> Iterator[Issue]:
    """A word for each profile that is claimed and not known here: nothing was judged by it."""
    for place, one in enumerate(at(resource, "meta", "profile")):
        if isinstance(one, str) and tree(one) is None and not _is_of_r4(one):
            yield Issue(
                IssueType.NOT_SUPPORTED,
                "A profile that is claimed is not known here; nothing was judged by it.",
                (f"{resource.get('resourceType')}.meta.profile[{place}]",),
                Severity.WARNING,
                detail="이 서버가 모르는 프로파일이라 그 규칙으로는 판정하지 않았습니다.",
            )


def _is_of_r4(profile: str) -> bool:
    """Whether it is R4's own definition of a type, by which everything is judged."""
    own = "http://hl7.org/fhir/StructureDefinition/"
    return profile.startswith(own) and profile.removeprefix(own) in resource_types()


def claimed(resource: Resource) -> tuple[str, ...]:
    """The profiles of KR Core that a resource says it keeps to."""
    found = (one for one in at(resource, "meta", "profile") if isinstance(one, str))
    return tuple(one for one in dict.fromkeys(found) if tree(one) is not None)


def faults(resource: Resource, *profiles: str, known: Known | None = None) -> tuple[Issue, ...]:
    """What is wrong, by R4 and by these profiles. Raises KeyError for one that is not told here.

    `known` says of codes whose systems do not ship whether they are valid. Invariants are judged
    only where the structure is sound, which they take for granted.
    """
    told = [_in_korean(one) for one in r4.faults(resource)]
    sound = not told
    told += invariants.broken(resource) if sound else ()
    known = None if known is None else _asked_once(known)
    for profile in profiles:
        held = tree(profile)
        if held is None:
            raise KeyError(profile)
        told += _Judging(held, known, _day(resource), sound=sound).judge(resource)
    return tuple(told[:MOST])


def _asked_once(known: Known) -> Known:
    """Each code is asked for once, and no more of them than a large document has."""
    answers: dict[tuple[str, str, date], bool | None] = {}

    def asked(system: str, code: str, on: date) -> bool | None:
        key = system, code, on
        if key not in answers and len(answers) < MOST_CODES:
            answers[key] = known(*key)
        return answers.get(key)

    return asked


def is_sound(issues: Iterable[Issue]) -> bool:
    """Whether none of them is an error."""
    return all(one.severity not in {Severity.ERROR, Severity.FATAL} for one in issues)


def _in_korean(issue: Issue) -> Issue:
    words = {
        IssueType.REQUIRED: "필수 항목이 없습니다.",
        IssueType.VALUE: "값의 형식이 맞지 않습니다.",
        IssueType.CODE_INVALID: "이 항목에 쓸 수 없는 코드입니다.",
    }
    detail = words.get(issue.code, "FHIR R4의 구조에 맞지 않습니다.")
    return Issue(
        issue.code, f"R4: {issue.sentence}", issue.expression, issue.severity, detail=detail
    )


def _day(resource: Resource) -> date:
    found = next((one for one in (day(word(resource, name)) for name in _DAYS) if one), None)
    return found or korean_day(datetime.now(UTC))


@cache
def _groups(kind: str) -> dict[str, tuple[Element, ...]]:
    """The elements of a type by FHIRPath's names, and by JSON's of choices."""
    found: dict[str, tuple[Element, ...]] = {}
    for one in type_of(kind).elements.values():
        found[one.group] = (*found.get(one.group, ()), one)
    for one in type_of(kind).elements.values():
        found.setdefault(one.name, (one,))
    return found


@dataclass(slots=True)
class _Item:
    """One value of an element; None where only an extension stands."""

    value: Json
    type: str
    path: str


@dataclass(slots=True)
class _Judging:
    tree: Tree
    known: Known | None
    on: date
    sound: bool = True
    """Whether the structure is R4's, so that invariants may be asked."""
    found: list[Issue] = field(default_factory=list)

    def judge(self, resource: Resource) -> list[Issue]:
        if resource.get("resourceType") != self.tree.type:
            sentence = f"이 프로파일은 {self.tree.type}의 것입니다."
            self._tell(IssueType.INVALID, self.tree.root, "type", sentence, "resourceType")
        else:
            self._one(self.tree.root, _Item(resource, self.tree.type, self.tree.type))
        return self.found

    def _tell(  # An issue with its rule.
        self,
        code: IssueType,
        node: Node,
        rule: str,
        sentence: str,
        path: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        name = f"{self.tree.id}:{node.id}:{rule}"
        self.found.append(Issue(code, name, (path,), severity, detail=sentence))

    def _one(self, node: Node, item: _Item) -> None:
        value = item.value
        if node.fixed is not None and value != node.fixed:
            sentence = f"'{node.fixed}'(이)어야 합니다."
            self._tell(IssueType.VALUE, node, "fixed", sentence, item.path)
        if node.pattern is not None and not _holds(node.pattern, value):
            self._tell(IssueType.VALUE, node, "pattern", "정해진 값이 없습니다.", item.path)
        if node.binding is not None:
            self._bound(node, node.binding, item)
        if node.targets is not None:
            self._target(node, node.targets, item)
        for key, severity, human in node.constraints if self.sound else ():
            if not invariants.holds(key, value):
                self._tell(IssueType.INVARIANT, node, key, human, item.path, Severity(severity))
        if node.children and isinstance(value, dict):
            groups = _groups(item.type)
            for name, child in node.children.items():
                self._children(child, [*_items(value, groups[name], item.path)], item.path, name)

    def _children(self, node: Node, items: list[_Item], path: str, name: str) -> None:
        at_ = f"{path}.{name}"
        self._count(node, len(items), at_)
        for one in items:
            if node.types is not None and one.type not in node.types:
                kinds = ", ".join(sorted(node.types))
                self._tell(IssueType.STRUCTURE, node, "type", f"{kinds}(이)어야 합니다.", one.path)
            self._one(node, one)
        for slice_ in node.slices.values():
            held = [one for one in items if self._is_of(slice_, node.discriminator, one)]
            self._count(slice_, len(held), at_)
            for one in held:
                self._one(slice_, one)
                if slice_.profile:
                    self._extension(slice_, one)

    def _count(self, node: Node, number: int, path: str) -> None:
        last = node.id.rpartition(".")[2]
        if number < node.minimum:
            sentence = f"{last} 항목이 {node.minimum}개 이상 있어야 합니다."
            self._tell(IssueType.REQUIRED, node, "min", sentence, path)
        if node.maximum is not None and number > node.maximum:
            sentence = f"{last} 항목은 {node.maximum}개까지입니다."
            self._tell(IssueType.STRUCTURE, node, "max", sentence, path)

    def _extension(self, node: Node, item: _Item) -> None:
        held = tree(node.profile)
        if held is not None and isinstance(item.value, dict):
            within = _Judging(held, self.known, self.on, sound=self.sound)
            within._one(held.root, item)  # Its own kind.
            self.found += within.found

    def _is_of(self, slice_: Node, path: tuple[str, ...], item: _Item) -> bool:
        """Whether a value belongs to a slice, by its discriminator (FHIR R4 5.1.0.14)."""
        if slice_.profile:
            return isinstance(item.value, dict) and item.value.get("url") == slice_.profile
        expected = [*slice_.expected(path)]
        if expected:
            found = [*at(item.value, *path)]
            return any(_holds(one, value) for one in expected for value in found)
        held = value_set(slice_.binding[1]) if slice_.binding and not path else None
        if held is None or not isinstance(item.value, dict):
            return False
        return word(item.value, "system") in held.systems

    def _target(self, node: Node, targets: frozenset[str], item: _Item) -> None:
        if not isinstance(item.value, dict):
            return
        kind = word(item.value, "type") or values.reference(word(item.value, "reference")).type
        if kind in resource_types() and kind not in targets:
            sentence = f"{', '.join(sorted(targets))}을(를) 가리켜야 합니다."
            self._tell(IssueType.STRUCTURE, node, "target", sentence, item.path)

    def _bound(self, node: Node, binding: tuple[str, str], item: _Item) -> None:
        strength, url = binding
        held = value_set(url) if strength in {"required", "extensible"} else None
        if held is None:
            return
        codes = [*_codes(item, held)]
        found = {held.belongs(system, code, self.known, self.on) for system, code in codes}
        if Belongs.YES in found:
            return
        required = strength == "required"
        if Belongs.UNFORMED in found:
            sentence = "이 날짜에 유효한 코드가 아닙니다."
            self._tell(IssueType.CODE_INVALID, node, "code", sentence, item.path)
        elif url == KCD_8 and _is_ninth(codes, self.on):
            sentence = "KCD-9는 2026-01-01부터 시행이나 KR Core 2.0.0은 KCD-8만 압니다."
            self._tell(IssueType.CODE_INVALID, node, "kcd-9", sentence, item.path, Severity.WARNING)
        elif codes or required:
            sentence = "값 집합의 코드가 필요합니다." if required else "값 집합에 없는 코드입니다."
            severity = Severity.ERROR if required else Severity.WARNING
            self._tell(IssueType.CODE_INVALID, node, strength, sentence, item.path, severity)


def _is_ninth(codes: list[tuple[str, str]], on: date) -> bool:
    ninth = code_system(System.KCD_9)
    return ninth.in_force.holds(on) and any(
        system in ninth.urls and ninth.has_form(ninth.canonical(code)) for system, code in codes
    )


def _codes(item: _Item, held: ValueSet) -> Iterator[tuple[str, str]]:
    """System and code of a value; a bare code is of whichever system has it."""
    if isinstance(item.value, str):
        system = next((s for s, codes in held.systems.items() if codes and item.value in codes), "")
        yield system, item.value
    elif isinstance(item.value, dict):
        codings = at(item.value, "coding") if item.type == "CodeableConcept" else [item.value]
        for one in codings:
            if word(one, "code"):
                yield word(one, "system"), word(one, "code")


def _items(value: dict[str, Any], elements: tuple[Element, ...], path: str) -> Iterator[_Item]:
    for one in elements:
        told, beside = value.get(one.name), value.get(f"_{one.name}")
        if told is None and beside is None:
            continue
        if one.many:
            members = told if isinstance(told, list) else []
            number = max(len(members), len(beside) if isinstance(beside, list) else 0)
            for place in range(number):
                member = members[place] if place < len(members) else None
                yield _Item(member, one.type, f"{path}.{one.group}[{place}]")
        else:
            yield _Item(told, one.type, f"{path}.{one.group}")


def _holds(pattern: Json, value: Json) -> bool:
    """Whether a value has all that a pattern says (ElementDefinition.pattern[x])."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and _holds(one, value[name]) for name, one in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(
            any(_holds(one, each) for each in value) for one in pattern
        )
    if isinstance(pattern, int | Decimal) and not isinstance(pattern, bool):
        return isinstance(value, int | Decimal) and pattern == value
    return pattern == value
