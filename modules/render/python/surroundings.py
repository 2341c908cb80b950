"""A picture of all directions round the product (equirectangular, linear light) that lights it, whatever the world was before."""

import math

import bpy
from mathutils import Vector

from protocol import JobError


class Surroundings:
    """Laid over the scene's world. Directions count from the camera, so that every view is lit alike."""

    def __init__(self, environment, path, camera):
        world = _world()
        # Bright spots such as lamps are found by chance too rarely.
        world.cycles.sampling_method = "AUTOMATIC"
        nodes, links = world.node_tree.nodes, world.node_tree.links
        coordinates, self._mapping, picture, light = (
            nodes.new("ShaderNode" + kind) for kind in ("TexCoord", "Mapping", "TexEnvironment", "Background")
        )
        picture.image = _load(path)
        light.inputs["Strength"].default_value = environment["strength"]
        links.new(coordinates.outputs["Generated"], self._mapping.inputs["Vector"])
        links.new(self._mapping.outputs["Vector"], picture.inputs["Vector"])
        links.new(picture.outputs["Color"], light.inputs["Color"])
        output = _output(nodes)
        surface = light.outputs["Background"]
        if environment["lightingOnly"]:
            surface = _unseen(nodes, links, surface, output)
        links.new(surface, output.inputs["Surface"])
        self._start_deg = _azimuth_deg(camera) + environment["rotationDeg"]
        self.turn(0)

    def turn(self, angle_deg):
        """From where they were at first, counter-clockwise seen from above."""
        # Blender has the middle of the picture at +X; a camera at azimuth 0 looks along +Y.
        self._mapping.inputs["Rotation"].default_value[2] = -math.radians(90 + self._start_deg + angle_deg)


def _world():
    """The scene's, described by nodes."""
    world = bpy.context.scene.world
    if world is None:
        world = bpy.context.scene.world = bpy.data.worlds.new("World")
        world.color = (0, 0, 0)
    if not world.use_nodes:
        world.use_nodes = True
        plain = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
        plain.inputs["Color"].default_value = (*world.color, 1.0)
    return world


def _load(path):
    try:
        image = bpy.data.images.load(path)
    except RuntimeError as error:
        raise JobError("ENVIRONMENT_UNREADABLE", "Blender cannot read the environment image.") from error
    image.name = "Environment"
    return image


def _output(nodes):
    found = [node for node in nodes if node.type == "OUTPUT_WORLD"]
    return next((node for node in found if node.is_active_output), None) or nodes.new("ShaderNodeOutputWorld")


def _unseen(nodes, links, surface, output):
    """The camera itself sees what it saw before, past a backdrop too."""
    before = output.inputs["Surface"].links[0].from_socket if output.inputs["Surface"].links else None
    path, mix = nodes.new("ShaderNodeLightPath"), nodes.new("ShaderNodeMixShader")
    links.new(path.outputs["Is Camera Ray"], mix.inputs[0])
    links.new(surface, mix.inputs[1])
    if before is not None:
        links.new(before, mix.inputs[2])
    return mix.outputs[0]


def _azimuth_deg(camera):
    """Round the product, from where the camera stands; straight from above, by what is up in the picture."""
    bpy.context.view_layer.update()
    turn = camera.matrix_world.to_quaternion()
    ahead, up = turn @ Vector((0, 0, -1)), turn @ Vector((0, 1, 0))
    flat = ahead if math.hypot(ahead.x, ahead.y) > 1e-3 else up * (-1 if ahead.z > 0 else 1)
    return math.degrees(math.atan2(-flat.x, flat.y))
