"""The overview of a source's documents as plain text in UTF-8, a line for each."""

from naru.domain.clinical import in_korea
from naru.domain.on_demand import OnDemand
from naru.domain.overview import Overview


def overview(asked: OnDemand) -> bytes:
    """The overview; each document's uniqueId stands last in its line."""
    said = Overview.of(asked)
    lines = [
        said.title,
        str(asked.entry.patient_id),
        f"{in_korea(asked.time):%Y-%m-%d %H:%M} {asked.unique_id}",
        "",
        _line([*said.columns, "uniqueId"]) if said.rows else said.nothing,
        *(
            _line([*row, source.unique_id])
            for row, source in zip(said.rows, asked.sources, strict=True)
        ),
    ]
    return "\n".join([*lines, ""]).encode()


def _line(cells: list[str]) -> str:
    # A cell is its sender's words; a line break or a tab in it would forge another row or cell.
    return "\t".join(" ".join(cell.split()) for cell in cells)
