"""The product in the scene: import, orientation, floor, materials. Lengths are metres, Z is up, as Blender has it."""

import math

import bpy
import numpy
from mathutils import Matrix

from protocol import JobError

# Blender 3.4's importer uses numpy.bool, which NumPy 1.24 removed; hasattr would warn, so look in __dict__.
if "bool" not in numpy.__dict__:
    numpy.bool = bool

# Rotation that brings a CAD axis up.
UP = {
    "+z": Matrix.Identity(4),
    "-z": Matrix.Rotation(math.pi, 4, "X"),
    "+y": Matrix.Rotation(math.pi / 2, 4, "X"),
    "-y": Matrix.Rotation(-math.pi / 2, 4, "X"),
    "+x": Matrix.Rotation(-math.pi / 2, 4, "Y"),
    "-x": Matrix.Rotation(math.pi / 2, 4, "Y"),
}


def import_glb(path):
    """The imported mesh objects."""
    before = set(bpy.data.objects)
    # In a studio from a file, another collection may be the active one, and hidden.
    bpy.context.view_layer.active_layer_collection = bpy.context.view_layer.layer_collection
    try:
        bpy.ops.import_scene.gltf(filepath=path)
    except Exception as error:
        raise JobError("IMPORT_FAILED", "Blender could not read the 3D model: %s" % error) from error
    fresh = [o for o in bpy.context.scene.objects if o not in before]
    meshes = [o for o in fresh if o.type == "MESH" and len(o.data.polygons) > 0]
    if not meshes:
        raise JobError("IMPORT_FAILED", "The 3D model has no surfaces to render.")
    return meshes


def rest_on_floor(meshes, up, bbox_mm):
    """Turns CAD axis `up` upwards, centres the product over the origin and sets it on the floor (z = 0).
    `bbox_mm` (CAD axes; None: measured) decides what is centred. Returns all corner points, one row each."""
    turn = UP[up]
    points = _world_points(meshes)
    if bbox_mm is None:
        low, high = points.min(axis=0), points.max(axis=0)
    else:
        # The importer's Z-up axes are the CAD axes again, in metres.
        low, high = numpy.array(bbox_mm["min"]) / 1000, numpy.array(bbox_mm["max"]) / 1000
        off = max(abs(points.min(axis=0) - low).max(), abs(points.max(axis=0) - high).max())
        if off > 0.05 * numpy.linalg.norm(high - low):
            raise JobError(
                "BBOX_MISMATCH",
                "The bounding box does not belong to this 3D model: they differ by %.1f mm." % (off * 1000),
            )
    corners = numpy.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    corners = corners @ numpy.array(turn.to_3x3()).T
    low, high = corners.min(axis=0), corners.max(axis=0)
    shift = Matrix.Translation((-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2]))
    move = shift @ turn
    for root in roots_of(meshes):
        root.matrix_world = move @ root.matrix_world
    bpy.context.view_layer.update()
    return moved(points, move)


def roots_of(meshes):
    """The topmost parents of the imported objects."""
    roots = {}
    for item in meshes:
        while item.parent is not None:
            item = item.parent
        roots[item.name] = item
    return list(roots.values())


def moved(points, move):
    matrix = numpy.array(move)
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def _world_points(meshes):
    rows = []
    for item in meshes:
        flat = numpy.empty(len(item.data.vertices) * 3, dtype=numpy.float32)
        item.data.vertices.foreach_get("co", flat)
        matrix = numpy.array(item.matrix_world)
        rows.append(flat.reshape(-1, 3).astype(numpy.float64) @ matrix[:3, :3].T + matrix[:3, 3])
    return numpy.concatenate(rows)


def part_id(item):
    """The part an object belongs to: its own mark, or that of the nearest parent."""
    while item is not None:
        if "partId" in item:
            return item["partId"]
        item = item.parent
    return None
