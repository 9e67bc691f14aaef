"""A name server on loopback, with the records that a test gives it; it can be silent or refuse."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENT, FAILING = "silent", "failing"


class NameServer:
    """Records by name and kind, as lists of texts; of the names in `unwell` it knows nothing."""

    def __init__(self, records):
        self.records = records
        self.unwell = ""
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self):
        while True:
            try:
                wire, client = self.socket.recvfrom(4096)
            except OSError:
                return
            if wire and self.unwell != SILENT:
                self.socket.sendto(self.answer(wire).to_wire(), client)
            if not wire:
                return

    def answer(self, wire):
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer.flags |= dns.flags.RA
        if self.unwell == FAILING:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
        elif not any(known == name for known, _kind in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@contextmanager
def answering(records):
    server = NameServer(records)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.unwell = SILENT
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.socket.getsockname())
        thread.join(5)
        server.socket.close()
