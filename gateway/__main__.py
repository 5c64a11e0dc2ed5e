"""The entry of the command line.

Exit codes: 0 done, 1 refused (the reason on standard error), 2 wrong usage, 3 done, but something waits for a person.
"""

import sys


def main() -> None:
    """Run a command."""
    # Here, because each worker process loads this module again and needs none of the commands.
    from gateway.commands import run

    sys.exit(run())


if __name__ == "__main__":
    main()
