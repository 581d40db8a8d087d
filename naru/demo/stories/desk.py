"""What a reception desk does in several stories, at its pages."""

from naru.demo.population import Person
from naru.demo.stories.scene import Scene
from naru.demo.visitor import Visitor


def found(desk: Visitor, person: Person) -> Visitor:
    """Somebody by name and birth, served now."""
    who = {"name": person.name, "born": f"{person.born}"}
    return desk.open("/desk").press("환자 찾기", who).press("이 환자")


def consents(
    scene: Scene, desk: str, person: Person, seen_by: str, guardian: Person | None = None
) -> Visitor:
    """Somebody, or a guardian for them, consents before a witness; the receipt is open then."""
    page = found(scene.at(desk), person).open("/desk/consent")
    said: dict[str, str | list[str]] = {
        "box": page.boxes("box"),
        "identity": "family-record" if guardian else "resident-card",
        "seen_by": seen_by,
        "signed": "witness",
        "witness": "서태영",
    }
    if guardian is not None:
        said |= {"representative": guardian.name, "relationship": "모"}
    return page.press("동의 등록하기", said).must_say("접수증")


def receives(scene: Scene, desk: str, person: Person) -> None:
    """Somebody has come and is received."""
    found(scene.at(desk), person).press("진료 접수하기").must_say("접수됨")
