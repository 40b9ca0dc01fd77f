"""`python -m fleet.demo`, which `make demo` calls."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Nothing is started yet: Ctrl-C while modules load, a second on a slow machine, ends it without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from fleet.demo.command import main

    main(prog_name="python -m fleet.demo")
