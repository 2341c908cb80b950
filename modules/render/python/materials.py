"""Materials of the library on the product's objects: numbers, texture sets, and materials out of .blend files."""

import bpy
import numpy

from colors import linear
from product import part_id
from protocol import JobError

# The UV map that textures are laid on: a box projection in the part's own space, one tile for each 100 mm.
UV_MAP = "Box"
TILE_M = 0.1
# Sockets of the principled shader by texture; all but the colour hold plain numbers.
TEXTURES = {"baseColor": "Base Color", "metallic": "Metallic", "roughness": "Roughness", "normal": "Normal"}


def assign_materials(meshes, specs, edge_radius, own):
    """Puts `specs[partId]` on every object of that part; None keeps the colours of the CAD file. Materials of the template
    (`own`, by name) go before those of the library. Instances share a mesh, so the material goes on the object's slot, not
    on the mesh."""
    made = dict(own)
    for item in meshes:
        part = part_id(item)
        if part is None or part not in specs:
            raise JobError("PART_UNMAPPED", 'The object "%s" belongs to no part of the material map.' % item.name)
        spec = specs[part]
        if spec is None:
            continue
        if spec["name"] not in made:
            made[spec["name"]] = make_material(spec, edge_radius)
        if spec.get("textures") or spec.get("blendAsset") or spec["name"] in own:
            project_box(item.data)
        if not item.material_slots:
            item.data.materials.append(None)
        for slot in item.material_slots:
            slot.link = "OBJECT"
            slot.material = made[spec["name"]]


def soften_cad_materials(meshes, edge_radius, own):
    """Gives the imported CAD materials the same rounded edges as library materials; those of the template stay as they are."""
    worn = {slot.material for item in meshes for slot in item.material_slots if slot.material is not None}
    for material in worn - set(own.values()):
        shader = _principled(material)
        if shader is not None:
            _round_edges(material, shader, edge_radius)


def make_material(spec, edge_radius):
    """A material from its description in the library: out of its .blend file where it has one, else a principled one from
    glTF-like values; colours are sRGB hex."""
    asset = spec.get("blendAsset")
    if asset is not None:
        return append_material(asset["path"], asset["material"])
    material = bpy.data.materials.new(spec["name"])
    material.use_nodes = True
    shader = _principled(material)
    _set(shader, spec, "baseColor", ["Base Color"], lambda hex_color: (*linear(hex_color), 1.0))
    _set(shader, spec, "metallic", ["Metallic"])
    _set(shader, spec, "roughness", ["Roughness"])
    _set(shader, spec, "ior", ["IOR"])
    # Renamed in Blender 4.
    _set(shader, spec, "transmission", ["Transmission", "Transmission Weight"])
    _set(shader, spec, "clearcoat", ["Clearcoat", "Coat Weight"])
    if spec.get("textures"):
        _lay_textures(material, shader, spec["textures"])
    _round_edges(material, shader, edge_radius)
    # Workbench shows these instead of the nodes; it has nothing that metal could mirror, so metal would be black.
    material.diffuse_color = (*linear(spec["baseColor"]), 1.0)
    material.metallic = 0.0
    material.roughness = spec["roughness"]
    return material


def material_names(path):
    """Names of the materials in a .blend file."""
    try:
        with bpy.data.libraries.load(path, link=False) as (source, _target):
            return sorted(source.materials)
    except OSError as error:
        raise JobError("BLEND_UNREADABLE", "Blender cannot read this .blend file.") from error


def append_material(path, name):
    """Takes one material out of a .blend file, with all it needs; nothing of the file runs, and nothing outside it is read."""
    names = material_names(path)
    if name not in names:
        there = ", ".join('"%s"' % each for each in names[:20]) or "none"
        raise JobError("MATERIAL_NOT_IN_FILE", 'The .blend file has no material "%s". There are: %s.' % (name, there))
    with bpy.data.libraries.load(path, link=False) as (_source, target):
        target.materials = [name]
    material = target.materials[0]
    if material is None:
        raise JobError("BLEND_UNREADABLE", 'Blender cannot read the material "%s" of this file.' % name)
    _refuse_strangers(material, name)
    return material


def _refuse_strangers(material, name):
    trees = [material.node_tree] if material.node_tree else []
    seen = set()
    while trees:
        tree = trees.pop()
        if tree in seen:
            continue
        seen.add(tree)
        if tree.library is not None:
            raise JobError(
                "MATERIAL_FILE_OUTSIDE",
                'The material "%s" uses "%s" of another .blend file. Make it local (Object > Relations > Make Local > All) and save.'
                % (name, tree.name),
            )
        for node in tree.nodes:
            if getattr(node, "node_tree", None):
                trees.append(node.node_tree)
            if node.bl_idname == "ShaderNodeScript":
                raise JobError("MATERIAL_HAS_SCRIPTS", 'The material "%s" runs a script (OSL), which is not allowed.' % name)
            if node.bl_idname == "ShaderNodeTexIES" and node.mode == "EXTERNAL":
                raise JobError(
                    "MATERIAL_FILE_OUTSIDE", 'The material "%s" reads a light profile from a file, which cannot come along.' % name
                )
            image = getattr(node, "image", None)
            if image is not None and image.source not in {"GENERATED", "VIEWER"} and image.packed_file is None:
                raise JobError(
                    "MATERIAL_IMAGE_NOT_PACKED",
                    'The picture "%s" of the material "%s" is not in the file. Pack it (File > External Data > Pack Resources) and save.'
                    % (image.name, name),
                )
    for block in [material, *seen]:
        drivers = block.animation_data.drivers if block.animation_data else []
        if any(curve.driver.type == "SCRIPTED" for curve in drivers):
            raise JobError("MATERIAL_HAS_SCRIPTS", 'The material "%s" has script drivers, which are not allowed.' % name)


def project_box(mesh):
    """Lays UVs on a mesh without any, seen straight on from the side each face looks to. Once, however many objects share it."""
    if UV_MAP in mesh.uv_layers:
        return
    layer = mesh.uv_layers.new(name=UV_MAP)
    if layer is None:
        raise JobError("IMPORT_FAILED", 'The mesh "%s" takes no texture coordinates.' % mesh.name)
    mesh.uv_layers.active = layer
    points = _read(mesh.vertices, "co", 3)[_read(mesh.loops, "vertex_index", 1, numpy.int32).ravel()]
    normals = _read(mesh.polygons, "normal", 3)
    counts = _read(mesh.polygons, "loop_total", 1, numpy.int32).ravel()
    side = numpy.abs(normals).argmax(axis=1)
    facing = numpy.sign(normals[numpy.arange(len(side)), side])
    side, facing = numpy.repeat(side, counts), numpy.repeat(facing, counts)
    across = numpy.choose(side, [points[:, 1] * facing, -points[:, 0] * facing, points[:, 0] * facing])
    up = numpy.choose(side, [points[:, 2], points[:, 2], points[:, 1]])
    layer.data.foreach_set("uv", (numpy.stack([across, up], axis=1) / TILE_M).astype(numpy.float32).ravel())


def _read(items, name, width, kind=numpy.float32):
    flat = numpy.empty(len(items) * width, dtype=kind)
    items.foreach_get(name, flat)
    return flat.reshape(-1, width)


def _lay_textures(material, shader, textures):
    nodes, links = material.node_tree.nodes, material.node_tree.links
    place = nodes.new("ShaderNodeUVMap")
    place.uv_map = UV_MAP
    size = nodes.new("ShaderNodeMapping")
    size.inputs["Scale"].default_value = (TILE_M * 1000 / textures["scaleMm"],) * 3
    links.new(place.outputs["UV"], size.inputs["Vector"])
    for channel, socket in TEXTURES.items():
        if channel not in textures:
            continue
        texture = nodes.new("ShaderNodeTexImage")
        try:
            texture.image = bpy.data.images.load(textures[channel], check_existing=True)
        except RuntimeError as error:
            raise JobError("TEXTURE_UNREADABLE", 'Blender cannot read the texture "%s" of "%s".' % (channel, material.name)) from error
        texture.image.colorspace_settings.name = "sRGB" if channel == "baseColor" else "Non-Color"
        links.new(size.outputs["Vector"], texture.inputs["Vector"])
        result = texture.outputs["Color"]
        if channel == "normal":
            bend = nodes.new("ShaderNodeNormalMap")
            bend.uv_map = UV_MAP
            links.new(result, bend.inputs["Color"])
            result = bend.outputs["Normal"]
        links.new(result, shader.inputs[socket])


def _principled(material):
    if not material.use_nodes:
        return None
    return next((n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED"), None)


def _set(shader, spec, key, names, convert=lambda value: value):
    if key in spec:
        socket = next(shader.inputs[name] for name in names if name in shader.inputs)
        socket.default_value = convert(spec[key])


def _round_edges(material, shader, radius):
    # CAD edges are mathematically sharp; a real edge has a radius and catches the light.
    nodes, links = material.node_tree.nodes, material.node_tree.links
    normal = shader.inputs["Normal"]
    before = normal.links[0].from_socket if normal.is_linked else None
    if radius <= 0 or (before is not None and before.node.type == "BEVEL"):
        return
    bevel = nodes.new("ShaderNodeBevel")
    bevel.samples = 2
    bevel.inputs["Radius"].default_value = radius
    if before is not None:
        links.new(before, bevel.inputs["Normal"])
    links.new(bevel.outputs["Normal"], normal)
