"""The studio round the product: camera, lights, surroundings, floor. A template gives all distances in radii of the
product's bounding sphere, so that one template fits a screw and a conveyor."""

import math

import bpy
import numpy
from mathutils import Euler, Vector

from colors import linear

SENSOR_MM = 36.0


def bounding_sphere(points):
    """Centre of the box round `points` and the distance of the farthest point from it."""
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    return centre, max(float(numpy.linalg.norm(points - centre, axis=1).max()), 1e-6)


def direction(azimuth_deg, elevation_deg):
    """Unit vector from the product towards a camera or light; azimuth 0 stands at -Y and looks along +Y."""
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    flat = math.cos(elevation)
    return Vector((math.sin(azimuth) * flat, -math.cos(azimuth) * flat, math.sin(elevation)))


def _looking_at_product(item, towards):
    item.rotation_mode = "QUATERNION"
    item.rotation_quaternion = towards.to_track_quat("Z", "Y")


def place_camera(points, camera, resolution, framing):
    """`sphere`: the bounding sphere fills the shorter side, so the product has one size from every side.
    `product`: the outline of the product fills the picture. Returns the camera, which is the scene's now."""
    centre, radius = bounding_sphere(points)
    towards = direction(camera["azimuthDeg"], camera["elevationDeg"])
    data = bpy.data.cameras.new("Camera")
    data.lens = camera["lensMm"]
    data.sensor_width = SENSOR_MM
    data.sensor_fit = "AUTO"
    item = bpy.data.objects.new("Camera", data)
    bpy.context.scene.collection.objects.link(item)
    # From straight above, the azimuth still says what is up in the picture.
    item.rotation_mode = "QUATERNION"
    turn = Euler((math.radians(90 - camera["elevationDeg"]), 0, math.radians(camera["azimuthDeg"])))
    item.rotation_quaternion = turn.to_quaternion()
    longer = max(resolution["width"], resolution["height"])
    half = SENSOR_MM / 2 / camera["lensMm"]
    half_x, half_y = half * resolution["width"] / longer, half * resolution["height"] / longer
    sphere_distance = radius / math.sin(math.atan(min(half_x, half_y))) * camera["margin"]
    if framing == "sphere":
        position = Vector(centre) + towards * sphere_distance
    else:
        position = _fit(points, item.rotation_quaternion.to_matrix(), half_x, half_y, camera["margin"])
    item.location = position
    distance = (position - Vector(centre)).length
    # The default near clip of 0.1 m would cut away a bearing.
    data.clip_start = max((distance - radius) * 0.5, radius * 0.001)
    data.clip_end = distance + 50 * radius
    if camera["aperture"] > 0:
        data.dof.use_dof = True
        data.dof.focus_distance = distance
        # The aperture is given by its diameter; photographers divide the focal length by it.
        data.dof.aperture_fstop = camera["lensMm"] / 1000 / (camera["aperture"] * radius)
    bpy.context.scene.camera = item
    return item


def _fit(points, rotation, half_x, half_y, margin):
    """Nearest camera position at which every point is inside the picture, centred."""
    axes = numpy.array(rotation)
    x, y, z = (points @ axes).T
    position = numpy.zeros(3)
    for axis, values, half in ((0, x, half_x / margin), (1, y, half_y / margin)):
        above, below = float((values + half * z).max()), float((-values + half * z).max())
        position[axis] = (above - below) / 2
        position[2] = max(position[2], (above + below) / 2 / half) if axis else (above + below) / 2 / half
    return Vector(axes @ position)


def place_lights(lights, centre, radius, camera_azimuth_deg):
    """Soft boxes aimed at the product; their azimuth counts from the camera, so every view is lit alike."""
    for light in lights:
        data = bpy.data.lights.new(light["name"], "AREA")
        data.shape = "SQUARE"
        data.size = light["size"] * radius
        data.energy = light["power"] * radius**2
        data.color = linear(light["color"])
        item = bpy.data.objects.new(light["name"], data)
        bpy.context.collection.objects.link(item)
        towards = direction(camera_azimuth_deg + light["azimuthDeg"], light["elevationDeg"])
        item.location = Vector(centre) + towards * light["distance"] * radius
        _looking_at_product(item, towards)


def surround(world):
    """A light tent: `color` overhead, `horizonColor` at eye level and below. Metal shows its form only by what it mirrors."""
    data = bpy.data.worlds.new("World")
    bpy.context.scene.world = data
    data.use_nodes = True
    # A smooth gradient is found by chance well enough; building an importance map takes longer than a thumbnail.
    data.cycles.sampling_method = "NONE"
    nodes, links = data.node_tree.nodes, data.node_tree.links
    background = next(n for n in nodes if n.type == "BACKGROUND")
    background.inputs["Strength"].default_value = world["strength"]
    coordinates = nodes.new("ShaderNodeTexCoord")
    split = nodes.new("ShaderNodeSeparateXYZ")
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.interpolation = "EASE"
    for stop, color in zip(ramp.color_ramp.elements, (world.get("horizonColor", world["color"]), world["color"])):
        stop.color = (*linear(color), 1.0)
    ramp.color_ramp.elements[0].position = 0.0
    ramp.color_ramp.elements[1].position = 0.75
    links.new(coordinates.outputs["Generated"], split.inputs[0])
    links.new(split.outputs["Z"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], background.inputs["Color"])


# Radii of the product within which the floor shows its full shadow, and where it ends.
FLOOR_FULL, FLOOR_END = 1.0, 2.2


def lay_floor(radius):
    """A white disc under the product. It fades outwards, so that its shadow does not look cut off where it ends."""
    floor, matte = _disc("Floor", radius, FLOOR_FULL, FLOOR_END)
    matte.inputs["Color"].default_value = (0.6, 0.6, 0.6, 1.0)
    return floor


# Radii of the product within which the table is whole, and where it has faded away; how much light it throws back in front of the
# product and behind it, and at its sides; and how far from the one to the other, as the sine of the angle from the camera.
TABLE_FULL, TABLE_END = 3.0, 12.0
TABLE_DARK, TABLE_LIGHT = 0.12, 0.7
TABLE_TURNS = (0.4, 0.95)


def lay_table(radius, camera_azimuth_deg):
    """What the floor lies on, for polished sides to mirror: seen from above, an upright cylinder mirrors the ground round it and
    nothing else. White cards left and right on dark ground are what photographers lay there: they draw its form in streaks. Nothing
    but mirrors sees it, so it lights nothing, and its end is in no picture."""
    table, matte = _disc("Table", radius, TABLE_FULL, TABLE_END)
    table.rotation_euler.z = math.radians(camera_azimuth_deg)
    table.location.z = -0.001 * radius
    # Large, and not what anybody wants to look at who works on the scene.
    table.display_type = "WIRE"
    for ray in ("camera", "diffuse", "transmission", "volume_scatter", "shadow"):
        setattr(table, "visible_" + ray, False)
    nodes, links = matte.id_data.nodes, matte.id_data.links
    place = nodes.new("ShaderNodeTexCoord")
    outwards = nodes.new("ShaderNodeVectorMath")
    outwards.operation = "NORMALIZE"
    split = nodes.new("ShaderNodeSeparateXYZ")
    sideways = nodes.new("ShaderNodeMath")
    sideways.operation = "ABSOLUTE"
    shade = nodes.new("ShaderNodeMapRange")
    shade.interpolation_type = "SMOOTHSTEP"
    for name, value in zip(("From Min", "From Max", "To Min", "To Max"), (*TABLE_TURNS, TABLE_DARK, TABLE_LIGHT)):
        shade.inputs[name].default_value = value
    links.new(place.outputs["Object"], outwards.inputs[0])
    links.new(outwards.outputs["Vector"], split.inputs[0])
    links.new(split.outputs["X"], sideways.inputs[0])
    links.new(sideways.outputs["Value"], shade.inputs["Value"])
    links.new(shade.outputs["Result"], matte.inputs["Color"])
    return table


def _disc(name, radius, full, end):
    """A matte disc on the ground that fades out between `full` and `end` radii, and the shader of its matte part."""
    bpy.ops.mesh.primitive_circle_add(vertices=64, radius=end * radius, fill_type="NGON", location=(0, 0, 0))
    disc = bpy.context.object
    # Whoever opens an exported file looks for the mesh by this name too.
    disc.name = disc.data.name = name
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    geometry = nodes.new("ShaderNodeNewGeometry")
    length = nodes.new("ShaderNodeVectorMath")
    length.operation = "LENGTH"
    fade = nodes.new("ShaderNodeMapRange")
    fade.interpolation_type = "SMOOTHSTEP"
    fade.inputs["From Min"].default_value = full * radius
    fade.inputs["From Max"].default_value = end * radius
    matte, clear, mix = (nodes.new("ShaderNode" + kind) for kind in ("BsdfDiffuse", "BsdfTransparent", "MixShader"))
    output = nodes.new("ShaderNodeOutputMaterial")
    links.new(geometry.outputs["Position"], length.inputs[0])
    links.new(length.outputs["Value"], fade.inputs["Value"])
    links.new(fade.outputs["Result"], mix.inputs["Fac"])
    links.new(matte.outputs[0], mix.inputs[1])
    links.new(clear.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], output.inputs["Surface"])
    disc.data.materials.append(material)
    return disc, matte


# Radii of the product: how far the sweep reaches to the sides and to the front, where it begins to curve, how tightly, how high.
SWEEP_HALF_WIDTH, SWEEP_FRONT, SWEEP_BACK, SWEEP_CURVE, SWEEP_HEIGHT = 40.0, 30.0, 4.0, 3.0, 30.0


def lay_sweep(backdrop, radius, camera_azimuth_deg):
    """A sheet of paper that lies under the product and curves up into a wall behind it, square to the camera."""
    arc = [math.radians(a) for a in range(0, 91, 6)]
    profile = [(-SWEEP_FRONT, 0.0)]
    profile += [(SWEEP_BACK + SWEEP_CURVE * math.sin(a), SWEEP_CURVE * (1 - math.cos(a))) for a in arc]
    profile.append((SWEEP_BACK + SWEEP_CURVE, SWEEP_HEIGHT))
    corners = [(x * radius, y * radius, z * radius) for y, z in profile for x in (-SWEEP_HALF_WIDTH, SWEEP_HALF_WIDTH)]
    faces = [(i, i + 1, i + 3, i + 2) for i in range(0, len(corners) - 2, 2)]
    mesh = bpy.data.meshes.new("Sweep")
    mesh.from_pydata(corners, [], faces)
    mesh.polygons.foreach_set("use_smooth", [True] * len(faces))
    item = bpy.data.objects.new("Sweep", mesh)
    item.rotation_euler.z = math.radians(camera_azimuth_deg)
    bpy.context.scene.collection.objects.link(item)
    material = bpy.data.materials.new("Sweep")
    material.use_nodes = True
    shader = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*linear(backdrop["color"]), 1.0)
    shader.inputs["Roughness"].default_value = backdrop["roughness"]
    material.diffuse_color = (*linear(backdrop["color"]), 1.0)
    mesh.materials.append(material)
    return item
