"""Job: frames of a turntable. The product turns about an axis through the middle of its bounding sphere while camera, lights and floor
stand still, so that its size in the picture stays; or, where the template says so, the studio turns round the product."""

import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
from mathutils import Matrix, Vector  # noqa: E402

import engine  # noqa: E402
from protocol import run, say  # noqa: E402
from scene import build_scene  # noqa: E402
from shot import take_picture  # noqa: E402


def main(job):
    scene = build_scene(job["scene"])
    centre = Vector(scene.centre)
    if job["axis"] != "Z":
        # It tumbles: with the whole sphere above the floor it never dips into it.
        floor = scene.stand.matrix_world.translation.z
        up = Vector((0, 0, floor + scene.radius - centre.z))
        centre += up
        if scene.rig is not None:
            scene.rig.location += up
    # Where things stand is only known once Blender has looked.
    bpy.context.view_layer.update()
    turners, sign = what_turns(scene, job["axis"])
    frames = job["frames"]
    stood = [turner.matrix_world.copy() for turner in turners]
    for index, frame in enumerate(frames):
        turn = Matrix.Rotation(math.radians(sign * frame["angleDeg"]), 4, job["axis"])
        middle = Vector(scene.centre)
        for turner, matrix in zip(turners, stood):
            turner.matrix_world = Matrix.Translation(centre) @ turn @ Matrix.Translation(-middle) @ matrix
        if scene.surroundings is not None and scene.stand not in turners:
            scene.surroundings.turn(sign * frame["angleDeg"])
        bpy.context.view_layer.update()
        start, end = (0.02 + 0.98 * place / len(frames) for place in (index, index + 1))
        take_picture(scene, frame["output"], frame["shadow"], start, end)
        say("file", path=frame["output"], device=engine.device_used(), camera=scene.view())
    return {"blenderVersion": bpy.app.version_string, "device": engine.device_used()}


def what_turns(scene, axis):
    """The objects that are turned, and which way. The studio turns against the product, so the picture moves alike; what is behind the
    product turns with the camera, which would else look past it."""
    template = scene.job["template"]
    if template["turntable"]["turns"] == "product" or axis != "Z":
        return [scene.stand], 1
    if scene.rig is None:
        say("log", level="warn", message="The template names nothing that camera and lights hang on: the product turns.")
        return [scene.stand], 1
    return [scene.rig, *scene.backdrop], -1


run(main)
