"""Run the benchmarks: ``python -m bench [NAME ...]``; all of them without a name."""

import importlib
import sys

NAMES = ("camt", "mt940", "pain008", "freeze", "upload", "matching", "lists", "pages", "registers", "quality")


def main(names: list[str]) -> None:
    """Run benchmarks by name, in their order."""
    for name in names or list(NAMES):
        if name not in NAMES:
            raise SystemExit(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
        print(f"== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
