"""Make bare Debian machines in namespaces of this one, with systemd, and throw them away again.

Needs root, and debootstrap (Debian: apt-get install debootstrap).
"""

import os
import platform
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

DEBOOTSTRAP = shutil.which("debootstrap", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
BOOT = Path(__file__).parent / "boot.sh"
ROOTS_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What commands may find in their environment, besides what systemd sets for units.
ENVIRONMENT = {"PATH": ROOTS_PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"}
# pip takes the packages that were fetched for the machine, which reaches nothing.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/mnt/packages", "PIP_NO_CACHE_DIR": "1"}
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
# A question whether to install is answered; the manual's list must do without what is recommended.
APT = 'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\nquiet "2";\n'
BOOTED = 60
# "degraded": a unit of Debian's found no device that only hardware has.
UP = ("running", "degraded")


def run(command, **options):
    """Run a command to its end, and return what it said; one that fails raises with all of it."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


class Debian:
    """A bare Debian, of this machine's own version or of DEBIAN, from which machines are booted."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "base"
        self.shared = folder / "shared"
        self.shared.mkdir()
        (folder / "console").touch()
        with_systemd = ["--variant=minbase", "--include=systemd-sysv,dbus"]
        run([DEBOOTSTRAP, *with_systemd, codename(), self.root])
        (self.root / "etc/hostname").write_text("museums\n")
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost museums museums.example\n")
        (self.root / "etc/apt/apt.conf.d/drill").write_text(APT)
        (self.root / "etc/dpkg/dpkg.cfg.d/drill").write_text("force-unsafe-io\n")

    def follow(self, commands):
        """Run commands before anything is booted; they reach what this machine reaches."""
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        run(
            ["chroot", self.root, "bash", "-euxo", "pipefail", "-c", commands],
            env=ENVIRONMENT | QUIET,
        )

    def put_python(self):
        """Put the Python of the tests where the manual's way for Debian 12 puts one."""
        if not (self.root / "usr/bin/python3.13").exists():
            left_out = shutil.ignore_patterns("test", "site-packages", "__pycache__", "idlelib")
            shutil.copytree(
                sys.base_prefix, self.root / "opt/python", symlinks=True, ignore=left_out
            )
            (self.root / "etc/ld.so.conf.d/python.conf").write_text("/opt/python/lib\n")
            started = self.root / "usr/local/bin/python3.13"
            started.write_text('#!/bin/sh\nexec /opt/python/bin/python3 "$@"\n')
            started.chmod(0o755)
            self.follow("ldconfig")

    def boot(self):
        return Machine(self)


def codename():
    """Return the name of the Debian to try: this machine's, or nothing on another system."""
    if chosen := os.environ.get("DEBIAN"):
        return chosen
    with suppress(OSError, KeyError):
        return platform.freedesktop_os_release()["VERSION_CODENAME"]
    return ""


class Machine:
    """A booted machine, on a network of its own in which there is nobody else."""

    def __init__(self, debian):
        self.own = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"]
        self.process = subprocess.Popen(
            ["unshare", *self.own, "--fork", "--kill-child", "sh", BOOT, debian.folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.wait_until_booted()
        except BaseException:
            self.destroy()
            raise

    def wait_until_booted(self):
        for _attempt in range(BOOTED * 10):
            time.sleep(0.1)
            if (pid := self.first_process()) and is_systemd(pid) and self.state() in UP:
                return
        raise TimeoutError("The machine does not boot.")

    def state(self):
        return self.run("systemctl is-system-running || true").strip()

    def first_process(self):
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return children[0] if children else None

    def run(self, commands, typed=""):
        """Run commands as root, each of which must succeed, and return what they say."""
        entered = ["nsenter", "--target", self.first_process(), "--root", "--wd", *self.own]
        return run(
            [*entered, "bash", "-euxo", "pipefail", "-c", commands],
            env=ENVIRONMENT | OFFLINE | QUIET,
            input=typed,
        )

    def write(self, path, text):
        self.run(f"cat > {path}", typed=text)

    def read(self, path):
        return self.run(f"cat {path}")

    def destroy(self):
        """Take its power away: all that it has written is gone."""
        self.process.kill()
        self.process.wait()


def is_systemd(pid):
    return os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "systemd"
