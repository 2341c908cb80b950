"""The studio round the product from a template's .blend file. What the file brings is used as it is: camera, lights, backdrop,
colour management. Whatever could write files, run scripts or change the size of the picture is turned off."""

import bpy

import studio
from blendfile import open_blend
from emptyfile import take_empty
from protocol import JobError

# Where a picture from another side is asked for and only one of the two angles is given.
AZIMUTH_DEG, ELEVATION_DEG = 35, 24


def open_studio(path, interface, cut_out):
    take_empty()
    try:
        open_blend(path)
    except RuntimeError as error:
        raise JobError("TEMPLATE_UNREADABLE", "Blender cannot open the file of the render template.") from error
    for name in (interface["camera"], interface["stand"]):
        if name not in bpy.context.scene.objects:
            raise JobError("TEMPLATE_INCOMPLETE", 'The file of the render template has no object "%s".' % name)
    settle(bpy.context.scene)
    if cut_out:
        hide(interface["backdrop"])


def settle(scene):
    """Leaves one view layer, the whole picture and no outputs but ours."""
    render = scene.render
    render.use_freestyle = False
    render.use_compositing = False
    render.use_sequencer = False
    render.use_border = False
    render.use_multiview = False
    render.use_stamp = False
    render.pixel_aspect_x = render.pixel_aspect_y = 1
    render.resolution_percentage = 100
    scene.use_nodes = False
    for layer in scene.view_layers:
        layer.use = layer == bpy.context.view_layer


def hide(names):
    """Objects and collections that a picture leaves away."""
    for name in names:
        if name in bpy.data.collections:
            bpy.data.collections[name].hide_render = True
        elif name in bpy.data.objects:
            bpy.data.objects[name].hide_render = True


def backdrop_beside(interface):
    """The backdrop's topmost objects that neither hang on the rig nor carry the product."""
    named = set()
    for name in interface["backdrop"]:
        if name in bpy.data.collections:
            named.update(bpy.data.collections[name].all_objects)
        elif name in bpy.data.objects:
            named.add(bpy.data.objects[name])
    apart = {bpy.data.objects[name] for name in (interface["rig"], interface["stand"]) if name}

    def parents(item):
        while item.parent is not None:
            item = item.parent
            yield item

    carrying = {above for name in apart for above in (name, *parents(name))}
    return [item for item in named if item not in carrying and not (named | apart).intersection(parents(item))]


def stand_matrix(interface):
    """Where the stand is and how it is turned, without its scale."""
    place, turn, _ = bpy.context.scene.objects[interface["stand"]].matrix_world.decompose()
    matrix = turn.to_matrix().to_4x4()
    matrix.translation = place
    return matrix


def choose_camera(points, interface, job):
    """The camera of the template, or one of its lens from the side that is asked for."""
    scene = bpy.context.scene
    wanted = job["camera"]
    name = wanted.get("name") or interface["camera"]
    item = scene.objects.get(name)
    if item is None or item.type != "CAMERA":
        known = sorted(o.name for o in scene.objects if o.type == "CAMERA")
        raise JobError(
            "CAMERA_UNKNOWN", 'The render template has no camera "%s". It has: %s.' % (name, ", ".join(known))
        )
    scene.camera = item
    if "azimuthDeg" not in wanted and "elevationDeg" not in wanted:
        if "lensMm" in wanted:
            item.data.lens = wanted["lensMm"]
        return
    camera = {
        "azimuthDeg": wanted.get("azimuthDeg", AZIMUTH_DEG),
        "elevationDeg": wanted.get("elevationDeg", ELEVATION_DEG),
        "lensMm": wanted.get("lensMm", item.data.lens),
        "margin": 1.1,
        "aperture": 0,
    }
    placed = studio.place_camera(points, camera, job["resolution"], job["framing"])
    if interface["rig"]:
        # Its matrix is only known once Blender has looked at its place.
        bpy.context.view_layer.update()
        matrix = placed.matrix_world.copy()
        placed.parent = scene.objects[interface["rig"]]
        placed.matrix_world = matrix
