"""Job: opens a .blend file as anybody would and says what is in it."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402

from blendfile import open_blend  # noqa: E402
from contents import count_contents  # noqa: E402
from protocol import run  # noqa: E402


def main(job):
    open_blend(job["file"])
    return {"contents": count_contents(), "missing": list(missing())}


def missing():
    """What the file needs and does not hold, and what it holds that could run."""
    for library in bpy.data.libraries:
        yield library.filepath
    for image in bpy.data.images:
        if image.source == "FILE" and (not image.packed_files or image.size[0] == 0):
            yield image.name
    for text in bpy.data.texts:
        yield text.name


if __name__ == "__main__":
    run(main)
