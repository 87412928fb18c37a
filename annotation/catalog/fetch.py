"""Pictures of other servers, fetched by ours: only http(s), no private addresses, bounded in size and time.

The address that was checked is the address that is connected to, so a name that resolves differently a moment later
gains nothing; each redirect is checked like the first.
"""

from __future__ import annotations

import ipaddress
import socket
import tempfile
import time
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

from annotation.errors import Refused

MAX_BYTES = 200 * 1024**2
SECONDS = 30.0
REDIRECTS = 4
UNREACHABLE = (
    httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, OSError, ValueError,
)  # fmt: skip
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
TIMEOUT = {"connect": 5.0, "read": 10.0, "write": 5.0, "pool": 5.0}


class CannotFetch(Refused):
    """The picture could not be fetched; the sentence says why. Nothing changed; try again later."""

    code = "cannot_fetch"
    status = 502


class _Timed(httpcore.NetworkStream):
    """A connection whose every read and write ends at `deadline`, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Timed(self.stream.start_tls(*args, **kwargs), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, timeout or left)


class _Guarded(httpcore.SyncBackend):
    """Connects to public addresses only."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self.deadline = deadline

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise CannotFetch(f"The host {host} is not known.") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not settings.METE_FETCH_ALLOW_PRIVATE:
            addresses = [address for address in addresses if _is_public(address)]
        if not addresses:
            raise CannotFetch(f"{host} is a private address, which this server does not fetch from.")
        return _Timed(super().connect_tcp(addresses[0], port, *args, **kwargs), self.deadline)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.ipv4_mapped or ip
    return ip.is_global and not ip.is_multicast


def fetch(url: str) -> IO[bytes]:
    """The answer's body in a temporary file, at its beginning; the caller closes it. Raises `CannotFetch`."""
    with httpcore.ConnectionPool(network_backend=_Guarded(time.monotonic() + SECONDS)) as pool:
        for _ in range(REDIRECTS + 1):
            answer = _ask(pool, url)
            if not isinstance(answer, str):
                return answer
            url = answer
    raise CannotFetch(f"The address redirects more than {REDIRECTS} times.")


def _ask(pool: httpcore.ConnectionPool, url: str) -> IO[bytes] | str:
    """A file, or where the answer redirects to."""
    headers = [("User-Agent", "Mete"), ("Accept", "image/*")]
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise CannotFetch("The address leads to something else than http or https.")
        with pool.stream(
            "GET", str(httpx.URL(url)), headers=headers, extensions={"timeout": TIMEOUT}
        ) as response:
            if response.status in {301, 302, 303, 307, 308}:
                return urljoin(url, _header(response, b"location"))
            if response.status != 200:
                raise CannotFetch(f"The other server answered {response.status}.")
            return _spool(response)
    except (httpcore.TimeoutException, TimeoutError):
        raise CannotFetch("The other server did not answer in time.") from None
    except UNREACHABLE:
        raise CannotFetch("The other server could not be reached.") from None


def _spool(response: httpcore.Response) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    size = 0
    try:
        for part in response.iter_stream():
            size += len(part)
            if size > MAX_BYTES:
                raise CannotFetch(f"The picture is larger than {MAX_BYTES // 1024**2} MB.")
            file.write(part)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    raise CannotFetch("The other server redirects to nowhere.")
