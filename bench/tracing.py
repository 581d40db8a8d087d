"""What SQL the program runs for each request: `python -m bench.tracing FOLDER`, left in `trace`.

Requests go through the program's own WSGI application in this process; every statement is kept with
its parameters and whether it ran inside a transaction. The floor runs the same statements again.
"""

import io
import os
import pickle
import ssl
import sys
import time
from pathlib import Path
from typing import Any

from bench.messages import NUMBER, Template, templates
from bench.seeding import Seed
from naru.node.options import NodeOptions

REQUESTS = 40
Statement = tuple[bool, bool, str, Any]
"""(inside a transaction, executemany, SQL, parameters)."""


def main(folder: Path) -> None:
    """Trace every kind of request."""
    from naru.node import preparation

    preparation.prepare(NodeOptions.from_environment())
    from django.db.backends.signals import connection_created

    from naru.node import peer, wsgi

    certificate = ssl.PEM_cert_to_DER_cert((folder / "client.pem").read_text())
    peer.certificate = lambda: certificate
    recorded: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        inside = context["connection"].in_atomic_block
        if not sql.startswith("BEGIN"):
            recorded.append((inside, many, sql, _kept(params)))
        return execute(sql, params, many, context)

    connection_created.connect(
        lambda connection, **_: connection.execute_wrappers.append(record), weak=False
    )
    traces: dict[str, list[list[Statement]]] = {}
    number = int(time.time() * 1000)
    for template in templates(Seed.read(folder)):
        for _ in range(REQUESTS + 1):
            number += 1
            recorded.clear()
            _send(wsgi.application, template, number)
            traces.setdefault(template.name, []).append(list(recorded))
        traces[template.name].pop(0)  # The first one opens connections.
    (folder / "trace").write_bytes(pickle.dumps(traces))


def _kept(params: Any) -> Any:
    if isinstance(params, dict | None):
        return params
    return [_kept(one) if isinstance(one, list | tuple) else _plain(one) for one in params]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _send(application: Any, template: Template, number: int) -> None:
    body = template.body.replace(NUMBER.encode(), b"%013d" % number)
    choice = template.choices[number * 7919 % len(template.choices)]
    body = body.replace(template.choices[0], choice)
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": template.path,
        "CONTENT_TYPE": template.content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
    }
    answer = b"".join(application(environ, lambda *_: None))
    assert template.is_answered_by(answer), answer[:2000]


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]))
