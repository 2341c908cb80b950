"""The scene of a render job, built from its description (modules/render/scene.ts): product, studio, output settings.
Stills, turntable frames and exported .blend files all begin here, so they show the same thing."""

import bpy
from mathutils import Matrix

import blend_studio
import engine
import materials
import product
import studio
from emptyfile import take_empty
from protocol import JobError, say
from surroundings import Surroundings
from viewpoint import viewpoint


class Scene:
    """What a job may still want to move or render once the scene is built."""

    def __init__(self, job, meshes, points, stand):
        self.job = job
        # Mesh objects of the product.
        self.meshes = meshes
        # All corner points of the product in the world, one row each.
        self.points = points
        # Empty under the middle of the product; parent of the product. Turning it about its own Z turns the product.
        self.stand = stand
        # Empty at the same place; parent of camera and lights. Turning it about its own Z moves the studio round the product.
        # None where a .blend template declares none.
        self.rig = None
        # What stands round the product and belongs to the view: objects that a turning rig does not take along by itself.
        self.backdrop = []
        # Centre and radius (m) of the bounding sphere.
        self.centre = None
        self.radius = None
        # What turns the picture of the surroundings; None where there is none.
        self.surroundings = None
        # Catches the shadow of a cut-out; None where the template brings its own ground.
        self.floor = None

    def view(self):
        """From where the camera sees the product, whichever of the two was turned or scaled."""
        bpy.context.view_layer.update()
        camera = bpy.context.scene.camera
        return viewpoint(camera, self.stand.matrix_world.inverted() @ camera.matrix_world)


def build_scene(job):
    """Starts from an empty file, so it can be called for one job after another in the same process."""
    build = _in_blend_studio if job["template"]["kind"] == "blend" else _in_studio
    scene = build(job)
    # Only Cycles can round edges while shading.
    edge_radius = job["edgeRadius"] * scene.radius if job["engine"] == "cycles" else 0
    own = _own_materials(job["template"])
    if job["environmentImage"] is not None:
        scene.surroundings = Surroundings(job["template"]["environment"], job["environmentImage"], bpy.context.scene.camera)
    if job["materials"] is not None:
        materials.assign_materials(scene.meshes, job["materials"], edge_radius, own)
    materials.soften_cad_materials(scene.meshes, edge_radius, own)
    engine.use_output(job)
    return scene


def _in_studio(job):
    if "name" in job["camera"]:
        raise JobError("CAMERA_UNKNOWN", "Only templates that were built in Blender have cameras with names.")
    take_empty()
    say("progress", fraction=0.05, message="Reading the 3D model")
    meshes = product.import_glb(job["glb"])
    points = product.rest_on_floor(meshes, job["upAxis"], job["bboxMm"])
    scene = Scene(job, meshes, points, _parent_of("Product", product.roots_of(meshes)))
    template = job["template"]
    camera = {**template["camera"], **job["camera"]}
    before = set(bpy.context.scene.objects)
    scene.centre, scene.radius = studio.bounding_sphere(points)
    studio.place_camera(points, camera, job["resolution"], job["framing"])
    studio.place_lights(template["lights"], scene.centre, scene.radius, camera["azimuthDeg"])
    scene.rig = _parent_of("Rig", [item for item in bpy.context.scene.objects if item not in before])
    studio.surround(template["world"])
    if template["backdrop"]["kind"] == "sweep" and not job["cutOut"]:
        scene.backdrop = [studio.lay_sweep(template["backdrop"], scene.radius, camera["azimuthDeg"])]
    else:
        scene.floor = studio.lay_floor(scene.radius)
        # Only Cycles can show it to mirrors alone; a picture of surroundings has ground of its own.
        if job["engine"] == "cycles" and job["environmentImage"] is None:
            scene.backdrop = [studio.lay_table(scene.radius, camera["azimuthDeg"])]
    return scene


def _in_blend_studio(job):
    interface = job["template"]["interface"]
    say("progress", fraction=0.02, message="Opening the studio")
    blend_studio.open_studio(job["templateScene"], interface, job["cutOut"])
    say("progress", fraction=0.05, message="Reading the 3D model")
    meshes = product.import_glb(job["glb"])
    points = product.rest_on_floor(meshes, job["upAxis"], job["bboxMm"])
    scene = Scene(job, meshes, points, _parent_of("Product", product.roots_of(meshes)))
    _, radius = studio.bounding_sphere(points)
    place = blend_studio.stand_matrix(interface) @ Matrix.Scale(interface["referenceSizeM"] / (2 * radius), 4)
    scene.stand.matrix_world = place
    bpy.context.view_layer.update()
    scene.points = product.moved(points, place)
    scene.centre, scene.radius = studio.bounding_sphere(scene.points)
    scene.rig = bpy.data.objects[interface["rig"]] if interface["rig"] else None
    scene.backdrop = blend_studio.backdrop_beside(interface)
    blend_studio.choose_camera(scene.points, interface, job)
    return scene


def _own_materials(template):
    """Materials that the template brings along, by name."""
    names = template["interface"]["materials"] if template["kind"] == "blend" else []
    return {name: bpy.data.materials[name] for name in names}


def _parent_of(name, items):
    """A new empty at the origin that `items` hang on; nothing moves."""
    empty = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(empty)
    for item in items:
        item.parent = empty
        item.matrix_parent_inverse = Matrix.Identity(4)
    return empty
