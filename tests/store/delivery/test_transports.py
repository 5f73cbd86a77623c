"""What both transports promise, and how a mail server is spoken to."""

import pytest

from digest.audience.outbox import file_of
from digest.delivery.folder import Folder
from digest.delivery.outcomes import Accepted, Later, Lost, Parcel, Refused
from digest.delivery.smtp import Smtp
from digest.errors import TransportError

BODY = b"From: a@news.example\r\nTo: x@inbox.example\r\nSubject: The ferry\r\n\r\n.one\r\n..two\r\nthree\r\n"


def _parcel(to="ana@inbox.example", body=BODY):
    return Parcel(edition="daily/2026-11-24", sender="letters@news.example", to=to, body=body)


@pytest.fixture(params=["folder", "smtp"])
def transport(request, tmp_path, mail_server):
    """A transport, and how to read what it was given for an address."""
    if request.param == "folder":
        place = tmp_path / "outbox"
        return Folder(place), lambda to: file_of(place, "daily/2026-11-24", to).read_bytes()
    office, server = mail_server()
    return Smtp(server), lambda to: dict(office.received)[to]


def test_a_letter_arrives_byte_for_byte(transport):
    way, received = transport
    line = way.open()
    assert isinstance(line.deliver(_parcel()), Accepted)
    assert isinstance(line.deliver(_parcel("o'neil+news@inbox.example")), Accepted)
    line.close()
    assert received("ana@inbox.example") == BODY
    assert received("o'neil+news@inbox.example") == BODY


def test_a_reply_names_no_address(transport):
    way, _ = transport
    line = way.open()
    assert "@" not in line.deliver(_parcel()).reply
    line.close()


def test_the_folder_holds_one_file_a_reader_however_often_it_is_written(tmp_path):
    folder = Folder(tmp_path / "outbox")
    line = folder.open()
    for _ in range(2):
        line.deliver(_parcel("../../etc/x@inbox.example"))
        line.deliver(_parcel(f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"))
    files = [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all(path.parent == tmp_path / "outbox" / "daily" / "2026-11-24" for path in files)


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(TransportError, match="cannot be made"):
        Folder(tmp_path / "outbox").open()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_protected_connection_is_verified_and_signed_in(mail_server, tls):
    office, server = mail_server(tls=tls, password="gull-and-tide" if tls == "starttls" else "")
    line = Smtp(server).open()
    assert isinstance(line.deliver(_parcel()), Accepted)
    line.close()
    assert office.to() == ["ana@inbox.example"]


def test_a_certificate_of_nobody_we_trust_is_refused(mail_server):
    office, server = mail_server(tls="starttls")
    stranger = type(server)("127.0.0.1", server.port, connect=5)
    with pytest.raises(TransportError, match="certificate that cannot be trusted"):
        Smtp(stranger).open()
    assert office.received == []


def test_a_server_without_starttls_gets_nothing(mail_server):
    _, server = mail_server()
    with pytest.raises(TransportError, match="offers no STARTTLS"):
        Smtp(type(server)("127.0.0.1", server.port, connect=5)).open()


def test_a_wrong_password_is_named_by_its_user_and_never_shown(mail_server):
    _, server = mail_server(tls="starttls", password="gull-and-tide")
    wrong = type(server)("127.0.0.1", server.port, "courier", "s3cret-s3cret", "starttls", server.ca, connect=5)
    with pytest.raises(TransportError, match="does not let courier sign in") as caught:
        Smtp(wrong).open()
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(wrong)
    assert caught.value.__cause__ is None


def test_nobody_there_is_said_in_words(unused_port):
    from digest.delivery.server import Server

    with pytest.raises(TransportError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        Smtp(Server("127.0.0.1", unused_port, tls="none", connect=2)).open()


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_each_answer_has_its_outcome_and_the_connection_goes_on(mail_server):
    office, server = mail_server(
        rcpt={"full": "452 4.2.2 <full@inbox.example> is full", "gone": "550 5.1.1 no such person"},
        data={"spam": "554 5.7.1 looks odd", "busy": "451 4.3.0 try later"},
    )
    line = Smtp(server).open()
    outcomes = [line.deliver(_parcel(f"{who}@inbox.example")) for who in ("full", "gone", "spam", "busy", "ana")]
    line.close()
    assert [type(outcome) for outcome in outcomes] == [Later, Refused, Refused, Later, Accepted]
    assert outcomes[0].reply == "452 4.2.2 <address> is full"
    assert office.to() == ["ana@inbox.example"]
    assert office.connections == 1
    assert office.resets == 2, "only after a transaction that no body ended"


def test_a_letter_in_flight_when_the_line_breaks_is_lost_and_the_next_goes_on(mail_server):
    office, server = mail_server(data={"ana": "take and hang up"}, rcpt={"bo": "hang up"})
    line = Smtp(server).open()
    assert isinstance(line.deliver(_parcel("ana@inbox.example")), Lost)
    assert isinstance(line.deliver(_parcel("bo@inbox.example")), Later), "nothing of it was offered"
    assert isinstance(line.deliver(_parcel("cy@inbox.example")), Accepted)
    line.close()
    assert office.to() == ["ana@inbox.example", "cy@inbox.example"]


def test_a_server_that_serves_few_letters_a_connection_is_dialled_again(mail_server):
    office, server = mail_server(per_connection=3)
    line = Smtp(server).open()
    outcomes = [line.deliver(_parcel(f"r{n}@inbox.example")) for n in range(10)]
    line.close()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(set(office.to())) == len(office.to()) == 10
    assert office.connections == 4


def test_a_sender_that_the_server_does_not_take_is_no_readers_fault(mail_server):
    _, server = mail_server(sender="553 5.7.1 not yours")
    line = Smtp(server).open()
    with pytest.raises(TransportError, match=r"does not take letters from letters@"):
        line.deliver(_parcel())
