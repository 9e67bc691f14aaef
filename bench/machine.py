"""Read from the kernel how much CPU time and memory processes use."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its children, including children that have ended."""
    ended = sum(_times(pid)[2:])
    return (ended + sum(sum(_times(one)[:2]) for one in family(pid))) / TICKS


def cpu_seconds_by_child(pid: int) -> dict[int, float]:
    """Return the CPU time of each running child of a process: gunicorn's are its workers."""
    return {child: sum(_times(child)[:2]) / TICKS for child in family(pid)[1:]}


def memory(pid: int) -> tuple[float, float]:
    """Return resident MB (RSS) and proportional MB (PSS) of a process and its children."""
    sums = [_rollup(one) for one in family(pid)]
    return sum(s["Rss"] for s in sums) / 1024, sum(s["Pss"] for s in sums) / 1024


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _times(pid: int) -> list[int]:
    """Return user and system time, then both of the children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return [0, 0, 0, 0]
    return [int(field) for field in fields[11:15]]


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{os.cpu_count()} × {name}"
