"""Reports as mail servers and mailbox providers write them, about letters of an invented newsroom."""

from __future__ import annotations


def report(
    *recipients,
    to="bounces@news.example",
    envelope_id="",
    returned="Subject: The ferry sails again\n",
    top="",
    kind="message/delivery-status",
    encode=lambda text: text.encode("utf-8"),
    encoding="7bit",
):
    """A multipart/report; each recipient is (action, status, diagnostic, final, original)."""
    blocks = [
        f"Reporting-MTA: dns; relay.example\n{f'Original-Envelope-Id: {envelope_id}' if envelope_id else ''}".strip()
    ]
    for action, status, diagnostic, final, original in recipients:
        lines = [f"Final-Recipient: rfc822; {final}"] if final else []
        lines += [f"Original-Recipient: rfc822;{original}"] if original else []
        lines += [f"Action: {action}", f"Status: {status}"]
        lines += [f"Diagnostic-Code: {diagnostic}"] if diagnostic else []
        blocks.append("\n".join(lines))
    status = encode("\n\n".join(blocks) + "\n")
    head = (
        f"{top}From: MAILER-DAEMON@relay.example (Mail Delivery System)\nTo: {to}\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="==part==/1"\n\n'
        "This is a MIME-encapsulated message.\n\n--==part==/1\nContent-Type: text/plain; charset=us-ascii\n\n"
        "I'm sorry to have to inform you that your message could not be delivered.\n\n--==part==/1\n"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    tail = f"\n--==part==/1\nContent-Type: text/rfc822-headers\n\n{returned}\n--==part==/1--\n"
    return head.encode() + status + tail.encode()


def arf(feedback="abuse", *, extra="", letter="Subject: The ferry sails again\n", to="abuse@news.example"):
    """A complaint as a mailbox provider passes it on."""
    return (
        f"From: feedback@mailboxes.example\nTo: {to}\nSubject: FW: The ferry sails again\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=cut\n\n--cut\n\n"
        "This is an email abuse report.\n\n--cut\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {feedback}\nUser-Agent: Mailboxes/2.1\nVersion: 1\n{extra}\n\n--cut\n"
        f"Content-Type: message/rfc822\n\n{letter}\nThe letter itself.\n--cut--\n"
    ).encode()
