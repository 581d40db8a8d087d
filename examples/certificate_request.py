"""An institution's key, and the request for a certificate of it: KEY.pem never leaves its maker.

.venv/bin/python examples/certificate_request.py KEY.pem REQUEST.pem
"""

import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

key_file, request_file = map(Path, sys.argv[1:])
key = ec.generate_private_key(ec.SECP256R1())
key_file.touch(mode=0o600, exist_ok=False)
key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
# Of the request only the key counts: the node writes the names into the certificate.
request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
request_file.write_bytes(request.public_bytes(Encoding.PEM))
