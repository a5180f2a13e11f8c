"""Assay as docs/deploy.md has it: nginx with TLS before two dashboards and two API processes, a worker, one PostgreSQL.

The configuration of nginx is docs/deploy/nginx.conf itself, with ports, places and a certificate of its own.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from tests.databases import PATIENCE, ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
DASHBOARDS, PROGRAMS = (8501, 8502), (8601, 8602)
"""The ports in docs/deploy/nginx.conf."""
SECRET = "0123456789" * 5


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, each another one."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass
class Proxy:
    """nginx, while it runs."""

    url: str
    folder: Path
    """With its certificate and its log."""
    trust: ssl.SSLContext
    """Trusts its certificate and no other."""
    pid: int = 0

    @classmethod
    def of(cls, url: str, folder: Path, pid: int = 0) -> "Proxy":
        """The one with this certificate."""
        return cls(url, folder, ssl.create_default_context(cafile=str(folder / "certificate.pem")), pid)

    def served_by(self, path: str) -> int:
        """The port of the server that answered the last request for this path."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            lines = (self.folder / "access.log").read_text().splitlines()
            found = [line for line in lines if f' {path}" ' in line]
            if found:
                return int(found[-1].split('"')[3].rpartition(":")[2])
            threading.Event().wait(0.01)
        raise AssertionError(f"nobody asked for {path}")


def configuration(folder: Path, ports: Sequence[int], dashboards: Sequence[int], programs: Sequence[int]) -> str:
    """The file for administrators, with ``ports`` for 80 and 443 and what else is of this machine."""
    text = (ROOT / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
    of_all = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    changes = {
        # as root its workers would be another user, who may not enter the folders of tests
        "pid /run/nginx.pid;": f"daemon off; pid {folder}/pid;" + ("" if os.getuid() else " user root;"),
        "http {\n": f"http {{\n{of_all}\n",
        "listen 80;": f"listen 127.0.0.1:{ports[0]};",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[1]} ssl;",
        "server_name assay.example.org;": "server_name localhost;",
        "/etc/assay/tls/fullchain.pem": f"{folder}/certificate.pem",
        "/etc/assay/tls/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx/assay.log": f"{folder}/access.log",
        **{
            f"server 127.0.0.1:{known} ": f"server 127.0.0.1:{port} "
            for known, port in zip((*DASHBOARDS, *PROGRAMS), (*dashboards, *programs), strict=True)
        },
    }
    for known, ours in changes.items():
        assert known in text, f"docs/deploy/nginx.conf has no {known!r} any more"
        text = text.replace(known, ours)
    return text


def certify(folder: Path) -> None:
    """Make ``certificate.pem`` and ``key.pem`` for localhost."""
    make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    subprocess.run([str(OPENSSL), *make, *names], cwd=folder, check=True, capture_output=True)


@contextmanager
def nginx(folder: Path, dashboards: Sequence[int], programs: Sequence[int]) -> Iterator[Proxy]:
    """nginx before servers on these ports of this machine, which need not run yet."""
    ports = free_ports(2)
    certify(folder)
    (folder / "nginx.conf").write_text(configuration(folder, ports, dashboards, programs))
    process = subprocess.Popen([str(NGINX), "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", ports[1]), 1):
                break
            threading.Event().wait(0.01)
        else:
            raise AssertionError((folder / "error.log").read_text())
        yield Proxy.of(f"https://localhost:{ports[1]}", folder, process.pid)
    finally:
        process.terminate()
        process.wait()


class Started:
    """A process of Assay that is killed at the end, and may be before."""

    def __init__(self, name: str, arguments: Sequence[str], environ: dict[str, str], folder: Path, url: str) -> None:
        self.name, self._arguments, self._environ, self._url = name, arguments, environ, url
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it; wait with ``ready``."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self._arguments],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ready(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while self._url and time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
            with suppress(OSError), urlopen(self._url, timeout=2):
                return
            threading.Event().wait(0.05)
        assert not self._url, self.log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """SIGKILL: in the middle of whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Replicas:
    """Everything that runs."""

    proxy: Proxy
    environ: dict[str, str]
    """Of every process of Assay."""
    issuer: str
    dashboards: dict[int, Started]
    """By port."""
    programs: dict[int, Started]
    worker: Started
    others: list[Started] = field(default_factory=list)

    @property
    def everything(self) -> list[Started]:
        """All processes of Assay, and the provider."""
        return [*self.dashboards.values(), *self.programs.values(), self.worker, *self.others]

    def introduce(self, name: str) -> None:
        """Let the provider know a person with a confirmed address."""
        claims = {"email": f"{name}@example.org", "name": name.title(), "email_verified": True}
        body = json.dumps(claims).encode()
        urlopen(Request(f"{self.issuer}/users/{name}", body, {"content-type": "application/json"}, method="PUT"))


@contextmanager
def replicas(folder: Path, environ: dict[str, str]) -> Iterator[Replicas]:
    """Start all of it on this database; people sign in at a provider that knows whom ``introduce`` names."""
    (folder / "nginx").mkdir()
    *ports, provider = free_ports(5)
    dashboards, programs, issuer = ports[:2], ports[2:], f"http://localhost:{provider}"
    with ExitStack() as running:
        proxy = running.enter_context(nginx(folder / "nginx", dashboards, programs))
        secrets = folder / "secrets.toml"
        secrets.touch(mode=0o600)
        secrets.write_text(
            f'[auth]\nredirect_uri = "{proxy.url}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
            f'client_id = "assay"\nclient_secret = "x"\n'
            f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
        )
        environ = environ | {"AUTH_MODE": "oidc"}

        def prepared(name: str, url: str, *arguments: str, given: dict[str, str] = environ) -> Started:
            one = Started(name, arguments, given, folder, url)
            running.callback(one.kill)
            one.start()
            return one

        known = f"{issuer}/.well-known/openid-configuration"
        found = Replicas(
            proxy,
            environ,
            issuer,
            {
                port: prepared(
                    f"dashboard-{number}",
                    f"http://127.0.0.1:{port}/_stcore/health",
                    *("streamlit", "run", "Home.py", "--server.port", str(port), "--secrets.files", str(secrets)),
                )
                for number, port in enumerate(dashboards, 1)
            },
            {
                port: prepared(
                    f"api-{number}", f"http://127.0.0.1:{port}/healthz", "core", "serve", "--port", str(port)
                )
                for number, port in enumerate(programs, 1)
            },
            prepared("worker", "", "core", "worker"),
            [prepared("provider", known, "oidc_provider_mock", "-p", str(provider), given=dict(os.environ))],
        )
        for one in found.everything:
            one.ready()
        yield found
    for one in found.everything:
        said = one.log.read_text(errors="replace")
        assert "Traceback" not in said, said[-3000:]
