"""An assertion of the user who asks (ITI-40), signed as the EMR's `[assertion]` says.

python examples/assertion.py CLINIC/link.toml security           wsse:Security, for a SOAP header
python examples/assertion.py CLINIC/link.toml grant              base64url, for a token (ITI-71)
python examples/assertion.py CLINIC/link.toml grant 개인정보보호책임자   the same for another role
"""

import base64
import sys
from datetime import UTC, datetime
from pathlib import Path

from naru.domain.codes import Code
from naru.formats.saml import write_security
from naru.link import User
from naru.link.config import read_config
from naru.link.user import vouched

file, form, *role = sys.argv[1:]
now = datetime.now(UTC).replace(microsecond=0)
user = User(
    id="TEST-D1",
    name="한의사",
    signed_in=now,
    # Codes that a node knows stand in naru/domain/data/user_codes.json.
    role=Code(role[0] if role else "의사", "2.999.410.1"),
    purpose=Code("TREAT", "2.16.840.1.113883.5.8"),
)
assertion = vouched(read_config(Path(file)), user, now)
if form == "security":
    print(write_security(assertion))
else:
    print(base64.urlsafe_b64encode(assertion).rstrip(b"=").decode())
