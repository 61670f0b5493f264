"""A server of files, by HTTPS with a certificate of its own authority, or plain."""

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.standins import Asked, Reply, StandIn
from tests.support.standins.media import clip, picture


class Files(StandIn):
    """Answers each path as `routes` says; without a key, for results need none."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(clip(), picture(), tls=tls)
        self.routes: dict[str, Reply | list[Reply]] = {"/clip": self.file}

    def is_submit(self, asked: Asked) -> bool:
        return False

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        found = self.routes.get(asked.path, Reply(404))
        return found.pop(0) if isinstance(found, list) else found


@dataclass
class Authority:
    """`server` proves to be `host` to whoever has `client`."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def authority(folder: Path, host: str) -> Authority:
    """Makes a certificate for `host` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return Authority(server, ssl.create_default_context(cafile=str(path)))
