"""Mail servers on loopback: one that follows the SMTP standard, and some that break it."""

import asyncio
import email
import socket
import socketserver
import threading
import time
from contextlib import contextmanager
from email.policy import SMTP

from aiosmtpd.controller import Controller

STANDARD = {"EHLO": "250 ok", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}


class Inbox:
    """Answers to each SMTP command, and the mails that were accepted."""

    def __init__(self):
        self.url = ""
        self.mails = []
        # Of the envelopes.
        self.senders = []
        self.answers = {}
        self.reached_data = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        self.reached_data.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.01)
        if answer := self.answers.get("DATA"):
            return answer
        self.senders.append(envelope.mail_from)
        self.mails.append(email.message_from_bytes(envelope.content, policy=SMTP))
        return "250 taken"

    @property
    def message_ids(self):
        return sorted(str(mail["Message-ID"]) for mail in self.mails)


class Counter(Inbox):
    """Keeps of thousands of mails their Message-IDs alone: whole ones slow the process down."""

    def __init__(self):
        super().__init__()
        self.ids = []

    async def handle_DATA(self, server, session, envelope):
        head = email.message_from_bytes(envelope.content.partition(b"\r\n\r\n")[0])
        self.ids.append(str(head["Message-ID"]))
        return "250 taken"

    @property
    def message_ids(self):
        return sorted(self.ids)


@contextmanager
def inbox(handler=None):
    """Run a mail server, and yield its inbox; `inbox.url` is a value for MAIL_URL."""
    handler = handler or Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        handler.may_answer.set()
        controller.stop()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def rogue(greeting="220 hello", **steps):
    """Run a server that misbehaves at the given steps, and yield its address for MAIL_URL.

    A step is EHLO, MAIL, RCPT, DATA, END (of the mail) or QUIT; its value is a line to send, or a
    function that gets the socket.
    """

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self):
            self.answer(greeting)
            is_data = False
            while line := self.rfile.readline():
                if is_data and line != b".\r\n":
                    continue
                step = "END" if is_data else line[:4].decode().upper()
                self.answer({**STANDARD, "END": "250 taken", "QUIT": "221 bye", **steps}[step])
                is_data = step == "DATA"

        def answer(self, words):
            if callable(words):
                words(self.request)
            else:
                self.request.sendall(f"{words}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request, client_address):
            """Ignore that the client hung up, as it should."""

    with Server(("127.0.0.1", 0), Conversation) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def silence(connection):
    """Say nothing for longer than any timeout in the tests, or until the client hangs up."""
    connection.settimeout(20)
    connection.recv(1)


def standstill(connection):
    """Read nothing and say nothing until the client hangs up."""
    connection.settimeout(30)
    while connection.recv(4096):
        pass


def drip(connection):
    """Send byte after byte, but never a whole line."""
    for _n in range(400):
        connection.sendall(b"2")
        time.sleep(0.05)


def death(connection):
    connection.shutdown(socket.SHUT_RDWR)
