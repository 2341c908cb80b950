"""Job: whether a picture of surroundings can be decoded, and whether all of its light is finite."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
import numpy  # noqa: E402

from protocol import JobError, run  # noqa: E402


def main(job):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    damaged = JobError("ENVIRONMENT_UNREADABLE", '"%s" cannot be an environment image: it is damaged.' % job["name"])
    try:
        image = bpy.data.images.load(job["path"])
    except RuntimeError as error:
        raise damaged from error
    width, height = image.size
    pixels = numpy.empty(width * height * image.channels, dtype=numpy.float32)
    if (width, height) != (job["width"], job["height"]) or not image.is_float:
        raise damaged
    image.pixels.foreach_get(pixels)
    return {"isFinite": bool(numpy.isfinite(pixels).all())}


run(main)
