"""The site itself behind a web server on loopback, with proxies that pass on what a test says."""

import ssl
import subprocess
import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Ignore a client that refuses the certificate."""


class Silent(WSGIRequestHandler):
    def log_message(self, *_arguments):
        """Print nothing."""


def behind(proxies=0, **headers):
    """Return the site behind so many proxies; the outermost sets the headers, None drops one."""
    site = WSGIHandler()

    def application(environ, start_response):
        hops = [environ.get("HTTP_X_FORWARDED_FOR", "")] + ["203.0.113.9"] * proxies
        environ["HTTP_X_FORWARDED_FOR"] = ", ".join(filter(None, hops))
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return site(environ, start_response)

    return application


def always(status, *headers):
    """Return an application that answers everything alike, as a proxy does without its site."""

    def application(_environ, start_response):
        start_response(status, list(headers))
        return [b"nothing"]

    return application


@contextmanager
def serving(application, certificate=None):
    """Serve an application, and yield its address; with a certificate by https."""
    with Server(("127.0.0.1", 0), Silent) as server:
        server.set_app(application)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
        server.shutdown()


def certificate_in(folder, *, days):
    """Return a file with a key and a certificate of our own for 127.0.0.1."""
    file = folder / f"certificate-{days}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", str(days), "-subj", "/CN=localhost", "-keyout", str(file)]
    command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / f"{file.name}.crt").read_text())
    return file
