"""What `naru doctor` asks about the certificates whose signatures are believed."""

from datetime import UTC, datetime

from naru.domain.korea import korean_day
from naru.domain.provider import SignerKind
from naru.node.data_checks import database, the_master_key
from naru.node.finding import Finding
from naru.node.options import NodeOptions


def undeclared_signers(options: NodeOptions) -> Finding:
    """Each trusted certificate says whether it is an assertion provider's or a client's."""
    what = "trusted certificates"
    if not _can_be_asked(options):
        return Finding(what=f"{what}: asked once the database answers")
    from naru.exchange.institutions import providers

    signers = providers.trusted(on=korean_day(datetime.now(UTC)))
    waiting = [one.name for one in signers if one.kind is SignerKind.UNDECLARED]
    return Finding(
        what=what,
        well=not waiting,
        korean=f"무엇을 위한 것인지 정해지지 않아 쓰이지 않는 인증서: {', '.join(waiting)}. "
        "naru provider trust --for로 다시 믿게 하거나 naru provider distrust로 끝내십시오.",
        english=f"Opening nothing until it is said what for: {', '.join(waiting)}. "
        "Trust each anew with naru provider trust --for, or naru provider distrust it.",
    )


def _can_be_asked(options: NodeOptions) -> bool:
    there = bool(options.database) or options.database_file.exists()
    # Without its key a database is not opened at all, and nothing is said against it.
    return there and the_master_key(options).well and database(options).well
