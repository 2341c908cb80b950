"""The scene of a render job, built from its description (modules/render/scene.ts): product, studio, output settings.
Stills, turntable frames and exported .blend files all begin here, so they show the same thing."""

import bpy
from mathutils import Matrix

import engine
import materials
import product
import studio
from protocol import say


class Scene:
    """What a job may still want to move or render once the scene is built."""

    def __init__(self, job, meshes, points, stand):
        self.job = job
        # Mesh objects of the product.
        self.meshes = meshes
        # All corner points of the product in the world, one row each.
        self.points = points
        # Empty on the floor under the middle of the product; parent of the product. Turning it about Z turns the product.
        self.stand = stand
        # Empty at the same place; parent of camera and lights. Turning it about Z moves the studio round the product.
        self.rig = None
        # Centre and radius (m) of the bounding sphere.
        self.centre = None
        self.radius = None
        # Catches the shadow; None where the template brings its own floor.
        self.floor = None


def build_scene(job):
    """Starts from an empty file, so it can be called for one job after another in the same process."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    say("progress", fraction=0.05, message="Reading the 3D model")
    meshes = product.import_glb(job["glb"])
    points = product.rest_on_floor(meshes, job["upAxis"], job["bboxMm"])
    scene = Scene(job, meshes, points, _parent_of("Product", _roots()))
    template = job["template"]
    camera = {**template["camera"], **job["camera"]}
    before = set(bpy.context.scene.objects)
    scene.centre, scene.radius = studio.place_camera(points, camera, job["resolution"], job["framing"])
    # Only Cycles can round edges while shading.
    edge_radius = job["edgeRadius"] * scene.radius if job["engine"] == "cycles" else 0
    if job["materials"] is not None:
        materials.assign_materials(meshes, job["materials"], edge_radius)
    materials.soften_cad_materials(meshes, edge_radius)
    studio.place_lights(template["lights"], scene.centre, scene.radius, camera["azimuthDeg"])
    scene.rig = _parent_of("Rig", [item for item in bpy.context.scene.objects if item not in before])
    studio.surround(template["world"])
    scene.floor = studio.lay_floor(scene.radius)
    engine.use_output(template["colorManagement"])
    return scene


def _roots():
    return [item for item in bpy.context.scene.objects if item.parent is None]


def _parent_of(name, items):
    """A new empty at the origin that `items` hang on; nothing moves."""
    empty = bpy.data.objects.new(name, None)
    bpy.context.collection.objects.link(empty)
    for item in items:
        item.parent = empty
        item.matrix_parent_inverse = Matrix.Identity(4)
    return empty
