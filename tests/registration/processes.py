"""Run work in several processes at the same time, each with its own database connections."""

import multiprocessing
import signal

from django.db import connection, connections

PROCESSES = 4


def at_once(work, *arguments, processes=PROCESSES):
    """Run `work(n, *arguments)` in each process n, and return the results in order."""
    leave_connections()
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, initializer=begin_anew) as pool:
        return pool.starmap(work, [(n, *arguments) for n in range(processes)], chunksize=1)


def leave_connections():
    """Close all connections: a forked process can use neither its parent's nor its pool."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def begin_anew():
    """Leave behind what a forked process has from its parent and must not use."""
    # The pool ends its processes by it: a handler that raises may do so where nobody catches it,
    # and then the process waits for ever, and the pool for the process.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    forget_connections()


def forget_connections():
    """Drop connections inherited from the parent.

    After a browser test, its event loop hides a connection from `leave_connections`. Here, without
    the loop, Django would find that connection and share it.
    """
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None
