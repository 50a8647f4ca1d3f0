"""A listening socket that a supervisor hands down is taken, and only by whom it was meant for."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from bot.cli.serving import handed_down

CHILD = """
import os, socket
from bot.cli.serving import handed_down
taken = handed_down({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}, os.getpid())
connection, _ = taken.accept()
connection.sendall(b"here")
connection.close()
"""


@pytest.mark.parametrize(
    "environment",
    [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_PID": "42"}, {"LISTEN_PID": "42", "LISTEN_FDS": "2"}],
)
def test_without_one_of_ours_the_port_is_opened_as_ever(environment: dict[str, str]) -> None:
    assert handed_down(environment, 42) is None


def test_connections_wait_in_a_socket_that_outlives_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        waiting = [socket.create_connection(listening.getsockname()) for _ in range(2)]
        for client in waiting:
            # As systemd does: the socket is file descriptor 3 of the new process.
            shell = f'exec {sys.executable} -c "$0" 3<&{listening.fileno()}'
            subprocess.run(["bash", "-c", shell, CHILD], pass_fds=[listening.fileno()], check=True, timeout=60)
            assert client.recv(4) == b"here"
            client.close()
