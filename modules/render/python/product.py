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
    try:
        bpy.ops.import_scene.gltf(filepath=path)
    except Exception as error:
        raise JobError("IMPORT_FAILED", "Blender could not read the 3D model: %s" % error) from error
    meshes = [o for o in bpy.context.scene.objects if o.type == "MESH" and len(o.data.polygons) > 0]
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
    for root in [o for o in bpy.context.scene.objects if o.parent is None]:
        root.matrix_world = move @ root.matrix_world
    bpy.context.view_layer.update()
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


def assign_materials(meshes, specs, edge_radius):
    """Puts `specs[partId]` on every object of that part; None keeps the colours of the CAD file.
    Instances share a mesh, so the material goes on the object's slot, not on the mesh."""
    made = {}
    for item in meshes:
        part = part_id(item)
        if part is None or part not in specs:
            raise JobError("PART_UNMAPPED", 'The object "%s" belongs to no part of the material map.' % item.name)
        spec = specs[part]
        if spec is None:
            continue
        if spec["name"] not in made:
            made[spec["name"]] = make_material(spec, edge_radius)
        if not item.material_slots:
            item.data.materials.append(None)
        for slot in item.material_slots:
            slot.link = "OBJECT"
            slot.material = made[spec["name"]]


def soften_cad_materials(edge_radius):
    """Gives the imported CAD materials the same rounded edges as library materials."""
    for material in bpy.data.materials:
        if material.use_nodes:
            shader = next((n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED"), None)
            if shader is not None:
                _round_edges(material, shader, edge_radius)


def make_material(spec, edge_radius):
    """A principled material from a glTF-like description; colours are sRGB hex."""
    material = bpy.data.materials.new(spec["name"])
    material.use_nodes = True
    shader = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    _set(shader, spec, "baseColor", ["Base Color"], lambda hex_color: (*linear(hex_color), 1.0))
    _set(shader, spec, "metallic", ["Metallic"])
    _set(shader, spec, "roughness", ["Roughness"])
    _set(shader, spec, "ior", ["IOR"])
    # Renamed in Blender 4.
    _set(shader, spec, "transmission", ["Transmission", "Transmission Weight"])
    _set(shader, spec, "clearcoat", ["Clearcoat", "Coat Weight"])
    _round_edges(material, shader, edge_radius)
    # Workbench shows these instead of the nodes; it has nothing that metal could mirror, so metal would be black.
    material.diffuse_color = (*linear(spec["baseColor"]), 1.0)
    material.metallic = 0.0
    material.roughness = spec["roughness"]
    return material


def _set(shader, spec, key, names, convert=lambda value: value):
    if key in spec:
        socket = next(shader.inputs[name] for name in names if name in shader.inputs)
        socket.default_value = convert(spec[key])


def _round_edges(material, shader, radius):
    # CAD edges are mathematically sharp; a real edge has a radius and catches the light.
    if radius > 0 and not shader.inputs["Normal"].is_linked:
        bevel = material.node_tree.nodes.new("ShaderNodeBevel")
        bevel.samples = 2
        bevel.inputs["Radius"].default_value = radius
        material.node_tree.links.new(bevel.outputs["Normal"], shader.inputs["Normal"])


def linear(hex_color):
    """sRGB hex to linear RGB, as Blender's colour fields want it."""
    channels = [int(hex_color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
