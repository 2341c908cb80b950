"""How a job script talks to modules/render/blender.ts: one JSON file in, lines `HM {json}` out."""

import ctypes
import json
import os
import signal
import sys


class JobError(Exception):
    """A failure with a stable code and a sentence for people; anything else that is raised counts as a bug."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def read_job():
    """The job file is the one argument after `--`."""
    path = sys.argv[sys.argv.index("--") + 1]
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def say(event, **fields):
    """`progress` (fraction 0..1, until, message), `log` (level, message), `file` (path of a finished one, device, camera), `gpu` (names),
    `fail` (code, message) or `done` (facts).
    Begins on a line of its own, whatever Blender's own output has left unfinished."""
    print("\nHM " + json.dumps({"event": event, **fields}), flush=True)


def die_with_parent():
    """Ends this process when the worker that started it dies without a chance to clean up (Linux)."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(os.environ["HARTOMAT_PARENT"]):
            # It died while Blender started.
            os._exit(1)


def run(main):
    """Runs `main(job)` on the job file."""
    die_with_parent()
    run_job(main, read_job())


def run_job(main, job):
    """Runs `main(job)`, which returns the facts of the `done` line. Known failures end with status 3 like any exception."""
    try:
        facts = main(job)
    except JobError as error:
        say("fail", code=error.code, message=str(error))
        sys.exit(3)
    say("done", **facts)
