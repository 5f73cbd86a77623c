"""Real reports: a private Postfix writes them, Dovecot keeps them, Digest reads them over IMAP."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from waiting import free_port, until

from digest.audience import suppression
from digest.config import Environment
from digest.delivery import doubt, evidence, returns
from digest.delivery.message import assemble, frozen_hash
from digest.delivery.run import send
from digest.delivery.server import server
from digest.delivery.smtp import Smtp
from digest.pipeline.returned import take_in
from digest.store.models import Edition, Install, Letter, Report, Subscriber, Subscription, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.news.example
mydestination =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
virtual_mailbox_domains = news.example, inbox.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ bounces@news.example = bounces/ }}, {{ ana@inbox.example = ana/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_reject_unlisted_recipient = no
transport_maps = inline:{{
  {{ gone@inbox.example = error:5.1.1 nobody of that name here }},
  {{ full@inbox.example = error:5.2.2 the mailbox is full }},
  {{ slow@inbox.example = retry:4.2.2 the mailbox is full for now }},
  {{ wall@inbox.example = smtp:[127.0.0.1]:{refusing} }} }}
smtp_host_lookup = native
delay_warning_time = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"""

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
passdb {{
  driver = static
  args = password=oyster-bank
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/bounces
}}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/bounces
"""


def answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


class Office:
    """A running Postfix and a running Dovecot, in a folder of their own."""

    def __init__(self, folder: Path, programs: Path, dovecot: Path, more: str) -> None:
        nobody = pwd.getpwnam("nobody")
        self.folder = folder
        self.smtp, self.imap, refusing = free_port(), free_port(), free_port()
        given = {"folder": folder, "uid": nobody.pw_uid, "gid": nobody.pw_gid, "refusing": refusing}
        for name in ("mail", "data", "queue", "postfix", "state"):
            (folder / name).mkdir()
        os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
        shutil.chown(folder / "data", "postfix")
        (folder / "postfix" / "main.cf").write_text(MAIN.format(**given) + more)
        (folder / "postfix" / "master.cf").write_text(MASTER.format(port=self.smtp))
        (folder / "dovecot.conf").write_text(DOVECOT.format(port=self.imap, **given))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        self._postfix = [programs / "postfix", "-c", folder / "postfix"]
        refuses = [programs / "smtp-sink", "-u", "nobody", "-B", "554 5.7.1 not from your network", "-f", "RCPT"]
        self._refusing = subprocess.Popen([*refuses, f"127.0.0.1:{refusing}", "10"])
        subprocess.run([*self._postfix, "start"], check=True, capture_output=True)
        self._dovecot = subprocess.Popen([dovecot, "-F", "-c", folder / "dovecot.conf"])
        for port in (self.smtp, self.imap, refusing):
            until(lambda port=port: answers(port), 30, f"nobody listens at port {port}")

    def close(self) -> None:
        self._dovecot.terminate()
        self._dovecot.wait()
        self._refusing.kill()
        self._refusing.wait()
        subprocess.run([*self._postfix, "stop"], check=False, capture_output=True)

    @property
    def returned(self) -> list[Path]:
        """The messages that came back and that nobody has read."""
        return list((self.folder / "mail" / "bounces" / "new").glob("*"))

    @property
    def url(self) -> str:
        return f"imaps://bounces:oyster-bank@127.0.0.1:{self.imap}/INBOX?ca={self.folder}/ca.pem"


@pytest.fixture
def office(request: pytest.FixtureRequest, postfix: Path, dovecot: Path) -> Iterator[Office]:
    """Both, running; what a test gives it stands in Postfix's main.cf, too."""
    if os.getuid() != 0:
        pytest.skip("a private Postfix needs root")
    # Not in pytest's own folder, which only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="digest-office-"))
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        office = Office(folder, postfix, dovecot, getattr(request, "param", ""))
        stack.callback(office.close)
        yield office


@pytest.fixture
def address_for_returns(settings: Any) -> None:
    """Letters leave with a return address of their own."""
    bounces = settings.CONFIG.delivery.bounces.model_copy(update={"address": "Returns <bounces@news.example>"})
    delivery = settings.CONFIG.delivery.model_copy(update={"bounces": bounces})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": delivery})


@pytest.fixture
def letters(db: None) -> dict[str, Letter]:
    """A letter to each of five readers, ready to leave."""
    edition = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=NOW, number=1, status=Edition.Status.APPROVED,
        window_from=NOW - timedelta(days=1), window_to=NOW, drafted_at=NOW, hash="approved",
    )  # fmt: skip
    body = assemble(
        html="", text="Harbour news\n", subject="The ferry sails again", sender="letters@news.example",
        site="https://news.example", newsletter="daily", title="The Daily", slot="2026-11-24",
    )  # fmt: skip
    frozen = Variant.objects.create(
        edition=edition, kind="letter", key="en|*", language="en", body=body, hash=frozen_hash(body), subject="Ferry"
    )
    made = {}
    for at, name in enumerate(("gone", "full", "wall", "slow", "ana"), 1):
        who = Subscriber.objects.create(email=f"{name}@inbox.example", handle=at, joined_at=NOW)
        Subscription.objects.create(subscriber=who, newsletter="daily", consent_at=NOW)
        made[name] = Letter.objects.create(edition=edition, subscriber=who, variant=frozen, due_at=NOW)
    return made


def states(letters: dict[str, Letter]) -> dict[str, tuple[str, str, str]]:
    for letter in letters.values():
        letter.refresh_from_db()
    return {name: (row.status, row.bounce, suppression.why(f"{name}@inbox.example")) for name, row in letters.items()}


@pytest.mark.usefixtures("address_for_returns")
def test_genuine_reports_end_in_the_right_state(
    office: Office, letters: dict[str, Letter], settings: Any, tmp_path: Path
) -> None:
    postfix = Smtp(server(f"smtp://127.0.0.1:{office.smtp}?tls=none"))
    # As if its worker had died before it read the reply; and handed over plainly, for we ask nobody to tell of delays.
    slow = letters["slow"].pk
    Letter.objects.filter(pk=slow).update(status="uncertain")
    with smtplib.SMTP("127.0.0.1", office.smtp) as smtp:
        smtp.sendmail(
            returns.address("bounces@news.example", slow), "slow@inbox.example", b"Subject: Ferry\r\n\r\nNews\r\n"
        )
    sent = send(letters["ana"].edition, transport=postfix, now=lambda: NOW, var=tmp_path, connections=1)
    assert (sent.sent, sent.open, sent.uncertain) == (4, 0, 1)
    until(lambda: len(office.returned) >= 4, 30, "four reports never came")
    config = settings.CONFIG
    environment = Environment({"DIGEST_BOUNCES_URL": office.url, "DIGEST_INSTALL_ID": "office"})
    Install.objects.create(identity="office", made_at=NOW)
    read = take_in(config, environment, now=NOW)
    assert dict(read.messages) == {"hard": 1, "soft": 1, "policy": 1, "delayed": 1}
    expected = {
        "gone": ("failed", "hard", "bounce"),
        "full": ("failed", "soft", ""),
        "wall": ("failed", "policy", ""),
        "slow": ("sent", "", ""),  # the server that has it says so: it is uncertain no more
        "ana": ("sent", "", ""),
    }
    assert states(letters) == expected
    replies = {name: letter.reply for name, letter in letters.items()}
    assert "nobody of that name" in replies["gone"]
    assert "554 5.7.1 not from your network" in replies["wall"]
    kept = sorted(Report.objects.values_list("kind", "status"))
    assert kept == [("delayed", "4.2.2"), ("failed", "5.1.1"), ("failed", "5.2.2"), ("failed", "5.7.1")]

    assert dict(take_in(config, environment, now=NOW + timedelta(minutes=5)).messages) == {}
    done = office.folder / "mail" / "bounces" / ".digest-done" / "cur"
    assert len(list(done.iterdir())) == 4

    # All of them again, as after a crash before they were put aside.
    for file in done.iterdir():
        file.rename(office.folder / "mail" / "bounces" / "new" / file.name.partition(":")[0])
    again = take_in(config, environment, now=NOW + timedelta(minutes=10))
    assert set(again.messages) == {"repeat", "delayed"}
    assert states(letters) == expected
    assert Report.objects.count() == 4


SHORT_LIVES = "maximal_queue_lifetime = 3s\n"


@pytest.mark.usefixtures("address_for_returns")
@pytest.mark.parametrize("office", [SHORT_LIVES, f"{SHORT_LIVES}enable_long_queue_ids = yes\n"], indirect=True)
def test_genuine_reports_and_a_genuine_log_say_the_same(
    office: Office, letters: dict[str, Letter], settings: Any, tmp_path: Path
) -> None:
    edition, everybody = letters["ana"].edition, {letter.pk for letter in letters.values()}
    send(edition, transport=Smtp(server(f"smtp://127.0.0.1:{office.smtp}?tls=none")), now=lambda: NOW, var=tmp_path)
    until(lambda: len(office.returned) >= 4, 30, "the letter that nobody takes was never given up")
    environment = Environment({"DIGEST_BOUNCES_URL": office.url, "DIGEST_INSTALL_ID": "office"})
    Install.objects.create(identity="office", made_at=NOW)
    assert dict(take_in(settings.CONFIG, environment, now=NOW).messages) == {"hard": 1, "soft": 2, "policy": 1}
    by_report = {name: found[0] for name, found in states(letters).items()}
    assert by_report == {"gone": "failed", "full": "failed", "wall": "failed", "slow": "failed", "ana": "sent"}

    Letter.objects.update(status="uncertain")
    said = evidence.read([(evidence.Tally(), evidence.lines_of(office.folder / "log"))], everybody)
    assert doubt.by_log(edition, said, now=NOW) == {"sent": 1, "failed": 4}
    assert {name: found[0] for name, found in states(letters).items()} == by_report
    assert "the mailbox is full for now" in letters["slow"].reply
