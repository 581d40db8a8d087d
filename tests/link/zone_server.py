"""A node of its own process, for a network namespace: `python -m tests.link.zone_server FOLDER`."""

import ssl
import sys
from pathlib import Path

from tests.link.recorded_node import RecordedNode, Server


def main(folder: Path, address: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem", folder / "server.key")
    tls.load_verify_locations(folder / "trusted.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    with Server(RecordedNode(), (address, 443), tls) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
