"""Letters as they leave: signed for their reader, with a return address of their own, and refused with a bad key."""

import dkim as judge
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from digest.delivery import dkim_key, ledger, returns
from digest.delivery.run import send
from digest.delivery.smtp import Smtp
from digest.errors import ConfigError
from digest.store.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def signing(settings, monkeypatch, key):
    """A newsroom that signs, and takes its bounces in."""
    delivery = settings.CONFIG.delivery
    settings.CONFIG = settings.CONFIG.model_copy(
        update={
            "delivery": delivery.model_copy(
                update={
                    "dkim": delivery.dkim.model_copy(update={"domain": "news.example"}),
                    "bounces": delivery.bounces.model_copy(update={"address": "bounces@news.example"}),
                }
            )
        }
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("DIGEST_DKIM_KEY", pem)


def test_each_letter_is_signed_and_comes_back_to_an_address_of_its_own(
    signing, key, enrolled, mail_server, clock, tmp_path, monkeypatch
):
    clock.now = clock.now.replace(year=2025)  # judges refuse what was signed in the future
    edition, (office, server) = enrolled(12), mail_server()
    Letter.objects.update(due_at=clock.now)
    senders = []
    monkeypatch.setattr(type(office), "handle_MAIL", _noting(senders, type(office).handle_MAIL), raising=True)
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).sent == 12
    record = dkim_key.record(key).encode()
    assert all(judge.verify(body, dnsfunc=lambda name, timeout=5: record) for _, body in office.received)
    spoilt = office.received[0][1].replace(b"Harbour", b"Harpour")
    assert not judge.verify(spoilt, dnsfunc=lambda name, timeout=5: record)
    assert sorted(returns.letter_of(sender) for sender in senders) == sorted(
        Letter.objects.values_list("pk", flat=True)
    )


def _noting(senders, handle):
    async def noting(self, server, session, envelope, address, options):
        senders.append(address)
        return await handle(self, server, session, envelope, address, options)

    return noting


def test_a_key_of_no_use_stops_the_run_before_anything_is_taken(
    signing, enrolled, mail_server, clock, tmp_path, monkeypatch
):
    monkeypatch.setenv("DIGEST_DKIM_KEY", "gull")
    edition, (office, server) = enrolled(3), mail_server()
    with pytest.raises(ConfigError, match="no private key in PEM"):
        send(edition, transport=Smtp(server), now=clock, var=tmp_path)
    assert office.received == []
    assert ledger.counts(edition).pending == 3
