#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eim.settings")
    if sys.argv[1:2] == ["doctor"]:
        # It says what is wrong with variables that let nothing else start.
        from eim.monitoring.doctor.variables import start_anyway

        start_anyway()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
