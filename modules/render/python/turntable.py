"""Job: frames of a turntable. The product turns about an axis through the middle of its bounding sphere; camera, lights and floor
stand still, so reflections move over the product and its size in the picture stays."""

import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
from mathutils import Matrix, Vector  # noqa: E402

from protocol import run, say  # noqa: E402
from scene import build_scene  # noqa: E402
from shot import take_picture  # noqa: E402


def main(job):
    scene = build_scene(job["scene"])
    centre = Vector(scene.centre)
    if job["axis"] != "Z":
        # It tumbles: with the whole sphere above the floor it never dips into it.
        up = Vector((0, 0, scene.radius - centre.z))
        centre += up
        if scene.rig is not None:
            scene.rig.location += up
    frames = job["frames"]
    stood = scene.stand.matrix_world.copy()
    for index, frame in enumerate(frames):
        turn = Matrix.Rotation(math.radians(frame["angleDeg"]), 4, job["axis"])
        scene.stand.matrix_world = Matrix.Translation(centre) @ turn @ Matrix.Translation(-Vector(scene.centre)) @ stood
        bpy.context.view_layer.update()
        start, end = (0.02 + 0.98 * place / len(frames) for place in (index, index + 1))
        take_picture(scene, frame["output"], frame["shadow"], start, end)
        say("file", path=frame["output"])
    return {"blenderVersion": bpy.app.version_string}


run(main)
