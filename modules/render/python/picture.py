"""Job: one picture of a scene."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
import numpy  # noqa: E402

import engine  # noqa: E402
from protocol import run  # noqa: E402
from scene import build_scene  # noqa: E402
from shot import take_picture  # noqa: E402


def main(job):
    scene = build_scene(job["scene"])
    take_picture(scene, job["output"], job["shadow"])
    facts = {
        "blenderVersion": bpy.app.version_string,
        "radiusMm": round(scene.radius * 1000, 3),
        "device": engine.device_used(),
        "camera": scene.view(),
    }
    if job["scene"]["fileFormat"] == "exr":
        facts["opacity"] = opacity(job["output"])
    return facts


def opacity(path):
    """Mean alpha of a picture, 0..1."""
    image = bpy.data.images.load(path)
    width, height = image.size
    pixels = numpy.empty(width * height * 4, dtype=numpy.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return float(pixels[3::4].mean())


if __name__ == "__main__":
    run(main)
