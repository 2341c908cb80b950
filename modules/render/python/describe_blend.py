"""Job: opens a .blend file and says what it shows, in words and numbers that can be compared with those of another."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
from mathutils import Vector  # noqa: E402

from blendfile import open_blend  # noqa: E402
from protocol import JobError, run  # noqa: E402
from viewpoint import viewpoint  # noqa: E402


def main(job):
    try:
        open_blend(job["file"])
    except RuntimeError as error:
        raise JobError("BLEND_UNREADABLE", "A .blend file cannot be read: %s" % str(error).strip()) from error
    scene = bpy.context.scene
    meshes = [item for item in scene.objects if item.type == "MESH"]
    for mesh in {item.data for item in meshes}:
        mesh.calc_loop_triangles()
    corners = [item.matrix_world @ Vector(corner) for item in meshes for corner in item.bound_box]
    return {
        "objects": sorted("%s (%s)" % (item.name, item.type.lower()) for item in scene.objects),
        "materials": sorted(
            "%s: %s" % (item.name, ", ".join(look(slot.material) for slot in item.material_slots)) for item in meshes
        ),
        "cameras": sorted((camera(item) for item in scene.objects if item.type == "CAMERA"), key=lambda c: c["name"]),
        "activeCamera": scene.camera.name if scene.camera else None,
        "triangleCount": sum(len(item.data.loop_triangles) for item in meshes),
        "bboxMm": {
            "min": [min(corner[axis] for corner in corners) * 1000 if corners else 0 for axis in range(3)],
            "max": [max(corner[axis] for corner in corners) * 1000 if corners else 0 for axis in range(3)],
        },
        "engine": scene.render.engine,
        "resolution": [scene.render.resolution_x, scene.render.resolution_y],
    }


def camera(item):
    return {"name": item.name, **viewpoint(item, item.matrix_world)}


def look(material):
    """Name and values: a material that kept its name and lost its colour is another one."""
    if material is None:
        return "none"
    shader = None
    if material.use_nodes:
        shader = next((node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)
    if shader is None:
        return material.name
    color = " ".join("%.3f" % value for value in list(shader.inputs["Base Color"].default_value)[:3])
    plain = (shader.inputs["Metallic"].default_value, shader.inputs["Roughness"].default_value)
    return "%s (%s, metallic %.2f, roughness %.2f)" % (material.name, color, *plain)


if __name__ == "__main__":
    run(main)
