"""Job: one picture of a GLB in a parametric studio."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402

import denoise  # noqa: E402
import engine  # noqa: E402
import product  # noqa: E402
import studio  # noqa: E402
from protocol import run, say  # noqa: E402


def main(job):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    say("progress", fraction=0.05, message="Reading the 3D model")
    meshes = product.import_glb(job["glb"])
    points = product.rest_on_floor(meshes, job["upAxis"], job["bboxMm"])
    template = job["template"]
    camera = {**template["camera"], **job["camera"]}
    centre, radius = studio.place_camera(points, camera, job["resolution"], job["framing"])
    # Only Cycles can round edges while shading.
    edge_radius = job["edgeRadius"] * radius if job["engine"] == "cycles" else 0
    if job["materials"] is not None:
        product.assign_materials(meshes, job["materials"], edge_radius)
    product.soften_cad_materials(edge_radius)
    studio.place_lights(template["lights"], centre, radius, camera["azimuthDeg"])
    studio.surround(template["world"])
    floor = studio.lay_floor(radius)
    engine.use_output(template["colorManagement"])
    if job["shadow"] is not None:
        say("progress", fraction=0.1, until=0.2, message="Rendering the shadow")
        shadow(job["shadow"], meshes, floor, job["seed"])
    say("progress", fraction=0.2, until=0.95, message="Rendering the product")
    # The product mirrors the floor, the camera does not see it. Eevee and Workbench cannot tell the two apart.
    floor.visible_camera = False
    floor.hide_render = job["engine"] != "cycles"
    engine.use_engine(job["engine"], job["samples"], job["seed"], job["denoise"])

    def render():
        engine.render_to(job["output"], job["resolution"]["width"], job["resolution"]["height"])

    if job["denoise"] and job["engine"] == "cycles" and not denoise.can_oidn():
        denoise.render_denoised(job["output"], render, os.path.dirname(job["output"]))
    else:
        render()
    return {"blenderVersion": bpy.app.version_string, "radiusMm": round(radius * 1000, 3)}


def shadow(job, meshes, floor, seed):
    """The shadow alone, small: it is soft, so enlarging it loses nothing and most of the render time is saved.
    It is whole under the product too, so the product can simply be laid over it."""
    for item in meshes:
        item.visible_camera = False
    floor.is_shadow_catcher = True
    engine.use_engine("cycles", job["samples"], seed, False)
    engine.render_to(job["output"], job["width"], job["height"])
    floor.is_shadow_catcher = False
    for item in meshes:
        item.visible_camera = True


run(main)
