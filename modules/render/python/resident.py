"""A Blender that stays: takes one job after another from standard input, so that none waits for Blender to start.
One line {"script", "job"} a job; the answer is what the script says (protocol.py), with `rssMb` among the facts. Any failure ends
the process: nobody knows what it left behind. So does the end of the input, which is how a worker's death shows."""

import json
import os
import resource
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import picture  # noqa: E402
from emptyfile import make_empty  # noqa: E402
from protocol import die_with_parent, run_job  # noqa: E402

SCRIPTS = {"picture.py": picture.main}


def main():
    die_with_parent()
    make_empty()
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        script = SCRIPTS[request["script"]]
        run_job(lambda job: {**script(job), "rssMb": rss_mb()}, request["job"])
        # Nothing of one job is there for the next one, and its memory is free while this process waits.
        make_empty()


def rss_mb():
    """Resident memory now, where the system tells (Linux); else its highest."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


if __name__ == "__main__":
    main()
