"""Write, read and check BagIt bags (RFC 8493): folders whose files are listed with their sums."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

DATA = "data"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
SUMS, TAG_SUMS = "manifest-sha512.txt", "tagmanifest-sha512.txt"
VERSION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
# A manifest is one path a line: these three signs are written as their numbers.
ESCAPED = {"%": "%25", "\n": "%0A", "\r": "%0D"}


class NotABag(Exception):
    """Tell in a sentence why a folder is not a whole and undamaged bag."""


def bag_info(folder: Path) -> dict[str, str]:
    """Return what `bag-info.txt` says; the values of a name that stands there twice are lines."""
    read_declaration(folder)
    found: dict[str, list[str]] = {}
    name = ""
    for line in read_tag_file(folder, INFO).splitlines():
        if line[:1] in (" ", "\t") and name:  # a long value goes on
            found[name][-1] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise NotABag(f"{folder / INFO} has a line without a name: “{line}”.")
        found.setdefault(name.strip(), []).append(value.strip())
    return {name: "\n".join(values) for name, values in found.items()}


def check(folder: Path) -> None:
    """Raise `NotABag` with a sentence about the first fault: a file lost, changed or too many."""
    bag_info(folder)
    check_sums(folder, TAG_SUMS)
    listed = check_sums(folder, SUMS)
    for name in payload(folder):
        if name not in listed:
            raise NotABag(f"{folder / name} does not belong to the bag: {SUMS} does not name it.")


def check_sums(folder: Path, manifest: str) -> set[str]:
    """Compare the files that a manifest names with their sums, and return their names."""
    sums = read_sums(folder, manifest)
    for name, value in sums.items():
        path = folder / name
        if not path.is_file() or path.is_symlink():
            raise NotABag(f"{path} is missing.")
        if sum_of(path) != value:
            raise NotABag(f"{path} is not as it was written: its sum differs.")
    return set(sums)


def read_sums(folder: Path, manifest: str) -> dict[str, str]:
    """Return the sum of each file that a manifest names, none of them outside the bag."""
    sums = {}
    for line in read_tag_file(folder, manifest).splitlines():
        value, _blank, name = line.partition(" ")
        name = unescaped(name.strip())
        if not name or name.startswith(("/", "~", "*")) or ".." in name.split("/"):
            raise NotABag(f"{folder / manifest} has a line that names no file: “{line}”.")
        sums[name] = value.lower()
    return sums


def read_declaration(folder: Path) -> None:
    if read_tag_file(folder, DECLARATION) != VERSION:
        raise NotABag(f"{folder / DECLARATION} does not say that this is a bag of BagIt 1.0.")


def read_tag_file(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text("utf-8")
    except OSError as fault:
        raise NotABag(f"{folder} is not a bag: it has no {name} to read.") from fault
    except UnicodeDecodeError as fault:
        raise NotABag(f"{folder / name} is not a text in UTF-8.") from fault


def seal(folder: Path, info: Mapping[str, str]) -> None:
    """Make a bag of a folder whose payload lies in `data`; the same files get the same bytes."""
    names = payload(folder)
    sizes = sum((folder / name).stat().st_size for name in names)
    lines = {**info, "Payload-Oxum": f"{sizes}.{len(names)}"}
    write_text(folder / DECLARATION, VERSION)
    write_text(folder / INFO, "".join(info_lines(lines)))
    write_sums(folder, SUMS, names)
    write_sums(folder, TAG_SUMS, [INFO, DECLARATION, SUMS])


def info_lines(info: Mapping[str, str]) -> Iterator[str]:
    for name, values in info.items():
        for value in values.split("\n"):
            yield f"{name}: {value}\n"


def write_sums(folder: Path, manifest: str, names: list[str]) -> None:
    lines = (f"{sum_of(folder / name)}  {escaped(name)}\n" for name in names)
    write_text(folder / manifest, "".join(lines))


def write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def payload(folder: Path) -> list[str]:
    """Return the paths of the payload's files, in the order of their letters."""
    files = (path for path in (folder / DATA).rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def escaped(name: str) -> str:
    return "".join(ESCAPED.get(sign, sign) for sign in name)


def unescaped(name: str) -> str:
    # The sign for "%" last: "%250A" is the three signs "%0A", and no end of a line.
    for sign, number in reversed(ESCAPED.items()):
        name = name.replace(number, sign).replace(number.lower(), sign)
    return name
