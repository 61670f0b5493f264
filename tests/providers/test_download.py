"""The guarded download: every refusal against real sockets, and the one way in which a result comes."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest

from soho import media
from soho.providers.download import Downloader, DownloadError, Limits, Source, is_public, origin
from tests.support.standins import CUT, Reply
from tests.support.standins.files import Authority, Files, authority
from tests.support.standins.media import clip, picture

CDN = "cdn.provider.example"
MP4 = {"Content-Type": "video/mp4"}


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"), CDN)


@pytest.fixture
def cdn(trust: Authority) -> Iterator[Files]:
    """The provider's own host, by HTTPS."""
    with Files(tls=trust.server) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Files]:
    """Somebody else's server, inside the network."""
    with Files() as server:
        yield server


class Names:
    """A name server under the test's control; the real one knows none of these names."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): found for name, found in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise OSError(f"no such host: {host}")
        return self.answers[host]


@pytest.fixture
def names() -> Names:
    return Names(cdn_provider_example=["127.0.0.1"])


def downloader(
    cdn: Files, names: Names, trust: Authority, source: Source | None = None, limits: Limits | None = None
) -> Downloader:
    """One for which loopback is the public Internet, and nothing else is."""
    return Downloader(
        source or Source(hosts=(CDN,)),
        limits or Limits(max_bytes=200_000, max_seconds=20),
        resolve=names,
        is_public=lambda address: address == ipaddress.ip_address("127.0.0.1"),
        tls=trust.client,
        port=cdn.port,
    )


def refused(one: Downloader, url: str, folder: Path) -> DownloadError:
    with pytest.raises(DownloadError) as found:
        one.fetch(url, folder, "video")
    assert list(folder.iterdir()) == []
    return found.value


def test_a_result_comes_whole_named_for_what_it_is(
    cdn: Files, names: Names, trust: Authority, tmp_path: Path
) -> None:
    cdn.routes["/clip"] = Reply(200, clip(), {"Content-Type": "text/plain"})
    path = downloader(cdn, names, trust).fetch(f"https://{CDN}:{cdn.port}/clip", tmp_path, "video")
    assert path == tmp_path / "result.mp4"
    assert path.read_bytes() == clip()
    assert media.probe(path).kind == "video"


def test_it_connects_to_the_address_that_was_checked_and_asks_for_the_name(
    cdn: Files, names: Names, trust: Authority, tmp_path: Path
) -> None:
    # No system resolver knows this name, so a second look-up of its own would fail; and the certificate is
    # for the name, so that it was the name, not the address, that was asked for.
    downloader(cdn, names, trust).fetch(f"https://{CDN}:{cdn.port}/clip", tmp_path, "video")
    assert names.asked == [CDN]
    assert cdn.asked[0].headers["host"] == f"{CDN}:{cdn.port}"


def test_a_certificate_for_another_name_is_not_accepted(cdn: Files, trust: Authority, tmp_path: Path) -> None:
    names = Names(evil_provider_example=["127.0.0.1"])
    one = downloader(cdn, names, trust, Source(hosts=(".provider.example",)))
    assert refused(one, f"https://evil.provider.example:{cdn.port}/clip", tmp_path).reason == "unreachable"
    assert cdn.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.9",
        "127.0.0.2",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "::ffff:10.0.0.9",
        "fd00::1",
        "fe80::1%eth0",
    ],
)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(
    address: str, cdn: Files, trust: Authority, tmp_path: Path
) -> None:
    names = Names(cdn_provider_example=["127.0.0.1", address])
    error = refused(downloader(cdn, names, trust), f"https://{CDN}:{cdn.port}/clip", tmp_path)
    assert error.reason == "refused"
    assert cdn.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example:{port}/clip",
        "https://notprovider.example:{port}/clip",
        "https://cdn.provider.example.evil.example:{port}/clip",
        "http://cdn.provider.example:{port}/clip",
        "https://cdn.provider.example:22/clip",
        "https://user:word@cdn.provider.example:{port}/clip",
        "https://cdn.provider.example:{port}@evil.example/clip",
        "https://127.0.0.1:{port}/clip",
        "https://2130706433:{port}/clip",
        "https://[::1]:{port}/clip",
        "file:///etc/passwd",
        "ftp://cdn.provider.example/clip",
        "gopher://cdn.provider.example/clip",
        "//cdn.provider.example/clip",
        "clip",
        "https://",
        "",
        "https://cdn.provider.example:{port}/" + "a" * 9_000,
        "https://cdn.provider.example:99999/clip",
        "https://cdn.provider.example\n:{port}/clip",
    ],
)
def test_an_address_that_is_none_of_the_providers_is_never_asked(
    url: str, cdn: Files, names: Names, trust: Authority, tmp_path: Path
) -> None:
    error = refused(downloader(cdn, names, trust), url.replace("{port}", str(cdn.port)), tmp_path)
    assert error.reason == "refused"
    assert cdn.asked == []
    assert names.asked == []


def test_redirects_are_followed_within_the_providers_hosts(
    cdn: Files, trust: Authority, tmp_path: Path
) -> None:
    names = Names(cdn_provider_example=["127.0.0.1"])
    cdn.routes["/old"] = Reply(302, headers={"Location": "/older?x=1"})
    cdn.routes["/older"] = Reply(307, headers={"Location": f"https://{CDN}:{cdn.port}/clip"})
    path = downloader(cdn, names, trust).fetch(f"https://{CDN}:{cdn.port}/old", tmp_path, "video")
    assert path.read_bytes() == clip()
    # Each step was looked up, and judged, for itself.
    assert names.asked == [CDN] * 3


@pytest.mark.parametrize(
    "location",
    [
        "{other}/clip",
        "http://169.254.169.254/latest/meta-data/",
        "https://elsewhere.example/clip",
        "http://cdn.provider.example/clip",
        "file:///etc/passwd",
        "https://inside.provider.example:{port}/clip",
        "https://[bad/clip",
    ],
)
def test_a_redirect_leads_nowhere_else(
    location: str, cdn: Files, other: Files, trust: Authority, tmp_path: Path
) -> None:
    names = Names(cdn_provider_example=["127.0.0.1"], inside_provider_example=["10.0.0.9"])
    to = location.replace("{other}", other.url).replace("{port}", str(cdn.port))
    cdn.routes["/old"] = Reply(302, headers={"Location": to})
    one = downloader(cdn, names, trust, Source(hosts=(CDN, "inside.provider.example")))
    assert refused(one, f"https://{CDN}:{cdn.port}/old", tmp_path).reason == "refused"
    assert other.asked == []


def test_redirects_end(cdn: Files, names: Names, trust: Authority, tmp_path: Path) -> None:
    cdn.routes["/round"] = Reply(302, headers={"Location": "/round"})
    error = refused(downloader(cdn, names, trust), f"https://{CDN}:{cdn.port}/round", tmp_path)
    assert error.reason == "refused"
    assert len(cdn.asked) == 6


def test_a_credential_goes_to_its_own_origin_and_no_cookie_anywhere(
    cdn: Files, other: Files, names: Names, trust: Authority, tmp_path: Path
) -> None:
    other.routes["/content"] = Reply(
        302, headers={"Location": f"https://{CDN}:{cdn.port}/clip", "Set-Cookie": "a=b; Domain=example"}
    )
    source = Source(
        (CDN,), own=other.url, credentials={"Authorization": "Bearer k"}, credentials_for=other.url
    )
    names.answers["127.0.0.1"] = ["127.0.0.1"]
    downloader(cdn, names, trust, source).fetch(f"{other.url}/content", tmp_path, "video")
    assert other.asked[0].headers["authorization"] == "Bearer k"
    assert "authorization" not in cdn.asked[0].headers
    assert "cookie" not in cdn.asked[0].headers


def test_the_operators_own_server_may_be_private_and_plain_but_only_it(other: Files, tmp_path: Path) -> None:
    with Files() as neighbour:
        one = Downloader(Source(own=other.url))
        assert one.fetch(f"{other.url}/clip", tmp_path, "video").read_bytes() == clip()
        (tmp_path / "result.mp4").unlink()
        assert refused(one, f"{neighbour.url}/clip", tmp_path).reason == "refused"
        assert neighbour.asked == []


def test_a_proxy_of_the_environment_is_not_used(
    other: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    Downloader(Source(own=other.url)).fetch(f"{other.url}/clip", tmp_path, "video")
    assert len(other.asked) == 1


LARGE = clip() + bytes(300_000)


@pytest.mark.parametrize(
    ("reply", "reason", "times"),
    [
        (Reply(200, clip()[:-100], MP4, missing=100), "truncated", 3),
        (CUT, "truncated", 3),
        (Reply(500), "unreachable", 3),
        (Reply(429), "unreachable", 3),
        (Reply(200, LARGE, MP4), "too_large", 1),
        (Reply(200, LARGE, MP4, is_chunked=True), "too_large", 1),
        (Reply(404), "gone", 1),
        (Reply(410), "gone", 1),
        (Reply(403), "gone", 1),
        (Reply(206, clip(), MP4), "refused", 1),
        (Reply(302), "refused", 1),
        (Reply(200, clip(), {**MP4, "Content-Encoding": "gzip"}), "refused", 1),
        (Reply(200, b"<html>", MP4), "wrong_type", 1),
        (Reply(200, b"", MP4), "wrong_type", 1),
        (
            Reply(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"Content-Type": "image/svg+xml"}),
            "wrong_type",
            1,
        ),
        (Reply(200, picture(), MP4), "wrong_type", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_whole_clip_of_a_fair_size_is_not_taken(
    reply: Reply, reason: str, times: int, other: Files, tmp_path: Path
) -> None:
    other.routes["/clip"] = reply
    one = Downloader(Source(own=other.url), Limits(max_bytes=200_000, max_seconds=20))
    assert refused(one, f"{other.url}/clip", tmp_path).reason == reason
    assert len(other.asked) == times


def test_a_body_that_drips_ends_at_its_time(other: Files, tmp_path: Path) -> None:
    other.routes["/clip"] = Reply(200, clip(), MP4, drip=0.1)
    one = Downloader(Source(own=other.url), Limits(max_bytes=200_000, max_seconds=0.5))
    assert refused(one, f"{other.url}/clip", tmp_path).reason == "too_slow"


def test_a_passing_fault_is_asked_again(other: Files, tmp_path: Path) -> None:
    other.routes["/clip"] = [CUT, Reply(503), Reply(200, clip(), MP4)]
    assert Downloader(Source(own=other.url)).fetch(f"{other.url}/clip", tmp_path, "video").exists()


def test_nothing_listens(tmp_path: Path) -> None:
    assert refused(Downloader(Source(own="http://127.0.0.1:1")), "http://127.0.0.1:1/x", tmp_path).reason == (
        "unreachable"
    )


def test_an_image_is_taken_where_one_was_asked_for(other: Files, tmp_path: Path) -> None:
    other.routes["/picture"] = Reply(200, picture(), MP4)
    path = Downloader(Source(own=other.url)).fetch(f"{other.url}/picture", tmp_path, "image")
    assert path.name == "result.png"


def test_an_error_does_not_hold_a_signed_query(other: Files, tmp_path: Path) -> None:
    error = refused(Downloader(Source()), f"{other.url}/clip?signature=geheim", tmp_path)
    assert "geheim" not in str(error)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_an_origin_has_one_spelling() -> None:
    assert (
        origin("HTTPS://Cdn.Example./x?y#z") == origin("https://cdn.example:443") == "https://cdn.example:443"
    )
    assert origin("http://[::1]:8000/") == "http://[::1]:8000"
    assert origin("https://a.example") != origin("http://a.example:443")
