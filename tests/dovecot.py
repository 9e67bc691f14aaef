"""Run Debian's Dovecot as an IMAP server of the test, with one mailbox behind TLS."""

import imaplib
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.registration import mail_server
from tests.registration.site import PATIENCE

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "dovecot is missing (Debian: apt-get install dovecot-imapd)"
USER, PASSWORD = "bounces@museums.example", "p@ss/word"
NOBODY = 65534
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
mail_fsync = never
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={folder}/mail
}}
"""


class Dovecot:
    """A running server; `address` is a value for BOUNCE_MAILBOX, `url` one for BOUNCE_URL."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.address = {"host": "127.0.0.1", "port": port, "user": USER, "password": PASSWORD}
        self.address["folder"] = "INBOX"
        self.url = f"imaps://bounces%40museums.example:p%40ss%2Fword@127.0.0.1:{port}/INBOX"
        self.delivered = 0

    def deliver(self, raw):
        """Put an e-mail into the mailbox, as a mail server does."""
        self.delivered += 1
        file = self.folder / "mail" / "new" / f"{self.delivered:09}.eim.test"
        file.write_bytes(raw)
        os.chown(file, NOBODY, NOBODY)

    def counts(self):
        """Return how many e-mails are read, flagged, and neither."""
        with self.session() as session:
            session.select(readonly=True)
            found = [session.uid("SEARCH", word)[1][0] for word in ("SEEN", "FLAGGED", "UNSEEN")]
        seen, flagged, unseen = (len(uids.split()) for uids in found)
        return seen, flagged, unseen - flagged

    def session(self):
        trusting = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        session = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusting)
        session.login(USER, PASSWORD)
        return session


def make_certificate(folder):
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", names]
    command += ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def dovecot():
    """Run the server in a folder that its own users may read, and yield it."""
    port = mail_server.free_port()
    with tempfile.TemporaryDirectory(prefix="eim-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        make_certificate(folder)
        make_mailbox(folder)
        facts = {"folder": folder, "port": port, "password": PASSWORD, "user": NOBODY}
        (folder / "dovecot.conf").write_text(CONFIGURATION.format(**facts))
        process = subprocess.Popen([DOVECOT, "-F", "-c", folder / "dovecot.conf"])
        server = Dovecot(folder, port)
        try:
            wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def make_mailbox(folder):
    for name in ("", "new", "cur", "tmp"):
        path = folder / "mail" / name
        path.mkdir(exist_ok=True)
        os.chown(path, NOBODY, NOBODY)


def wait_for(server):
    for _attempt in range(PATIENCE * 20):
        try:
            return server.session().logout()
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.05)
    raise TimeoutError((server.folder / "log").read_text())
