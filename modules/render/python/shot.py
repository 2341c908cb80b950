"""One picture of a scene that is built. A turntable takes one after another of the same scene."""

import os

import denoise
import engine
from protocol import say


def take_picture(scene, output, shadow=None, start=0.1, end=0.95):
    """Renders the product to `output` (RGBA PNG on transparent ground) and its shadow to `shadow["output"]`, if there is to be
    one. Reports progress from `start` to `end`."""
    if shadow is not None:
        middle = start + 0.1 * (end - start)
        say("progress", fraction=start, until=middle, message="Rendering the shadow")
        _render_shadow(scene, shadow)
        start = middle
    say("progress", fraction=start, until=end, message="Rendering the product")
    job = scene.job
    # The product mirrors the floor, the camera does not see it. Eevee and Workbench cannot tell the two apart.
    scene.floor.visible_camera = False
    scene.floor.hide_render = job["engine"] != "cycles"
    engine.use_engine(job["engine"], job["samples"], job["seed"], job["denoise"])

    def render():
        engine.render_to(output, job["resolution"]["width"], job["resolution"]["height"])

    if job["denoise"] and job["engine"] == "cycles" and not denoise.can_oidn():
        denoise.render_denoised(output, render, os.path.dirname(output))
    else:
        render()


def _render_shadow(scene, shadow):
    """The shadow alone, small: it is soft, so enlarging it loses nothing and most of the render time is saved.
    It is whole under the product too, so the product can simply be laid over it."""
    for item in scene.meshes:
        item.visible_camera = False
    scene.floor.hide_render = False
    scene.floor.visible_camera = True
    scene.floor.is_shadow_catcher = True
    engine.use_engine("cycles", shadow["samples"], scene.job["seed"], False)
    engine.render_to(shadow["output"], shadow["width"], shadow["height"])
    scene.floor.is_shadow_catcher = False
    for item in scene.meshes:
        item.visible_camera = True
