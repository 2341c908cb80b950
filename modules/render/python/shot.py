"""One picture of a scene that is built. A turntable takes one after another of the same scene."""

import denoise
import engine
from passes import store_passes
from protocol import say
from sight import require_in_sight


def take_picture(scene, output, shadow=None, start=0.1, end=0.95):
    """Renders the product to `output` and its shadow to `shadow["output"]`, if there is to be one of its own.
    Reports progress from `start` to `end`."""
    job = scene.job
    require_in_sight(scene)
    if shadow is not None and scene.floor is not None:
        middle = start + 0.1 * (end - start)
        say("progress", fraction=start, until=middle, message="Rendering the shadow")
        _render_shadow(scene, shadow)
        start = middle
    say("progress", fraction=start, until=end, message="Rendering the product")
    if scene.floor is not None:
        # The product mirrors the floor. Only Cycles can tell the mirror image from what the camera sees.
        is_cycles = job["engine"] == "cycles"
        scene.floor.is_shadow_catcher = scene.floor.visible_camera = is_cycles and job["shadowInPicture"]
        scene.floor.hide_render = not is_cycles
    engine.use_engine(job)
    width, height = job["resolution"]["width"], job["resolution"]["height"]
    if job["denoise"] and job["engine"] == "cycles" and not denoise.can_oidn():
        passes = output + ".passes"
        store_passes()
        engine.render_to(passes, width, height)
        engine.use_format(job["fileFormat"])
        denoise.denoise(passes, output, job["smoothOutlines"])
    else:
        engine.use_format(job["fileFormat"])
        engine.render_to(output, width, height)


def _render_shadow(scene, shadow):
    """The shadow alone, small: it is soft, so enlarging it loses nothing and most of the render time is saved.
    It is whole under the product too, so the product can simply be laid over it."""
    for item in scene.meshes:
        item.visible_camera = False
    scene.floor.hide_render = False
    scene.floor.visible_camera = True
    scene.floor.is_shadow_catcher = True
    device = scene.job["device"] if scene.job["engine"] == "cycles" else "cpu"
    quick = {"samples": shadow["samples"], "sampling": {}, "denoise": False}
    engine.use_engine({**scene.job, "engine": "cycles", "device": device, **quick})
    engine.use_format("png8")
    engine.render_to(shadow["output"], shadow["width"], shadow["height"])
    scene.floor.is_shadow_catcher = False
    for item in scene.meshes:
        item.visible_camera = True
