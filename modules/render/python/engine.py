"""Render engine and output settings."""

import bpy

from denoise import can_oidn
from protocol import JobError, say

GPU_KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")

# Noise at which adaptive sampling leaves a pixel alone, for one sample; it falls with the square root of the samples. Less can be
# seen after denoising only: measured on polished steel, a quarter of the time goes and the difference is below 0.2 of 255.
NOISE_OF_ONE_SAMPLE = 0.34
LEAST_SAMPLES = 8


def use_engine(job):
    scene = bpy.context.scene
    samples = job["samples"]
    scene.render.engine = _engine_name(job["engine"])
    if job["engine"] == "cycles":
        _cycles(scene, job)
    elif job["engine"] == "eevee":
        scene.eevee.taa_render_samples = samples
        # Gone since Blender 4.2, where both are always on.
        for option in ("use_gtao", "use_ssr", "use_soft_shadows"):
            if hasattr(scene.eevee, option):
                setattr(scene.eevee, option, True)
    else:
        _workbench(scene, samples)


def _engine_name(engine):
    if engine == "eevee":
        known = {item.identifier for item in bpy.types.RenderSettings.bl_rna.properties["engine"].enum_items}
        return "BLENDER_EEVEE_NEXT" if "BLENDER_EEVEE_NEXT" in known else "BLENDER_EEVEE"
    return {"cycles": "CYCLES", "workbench": "BLENDER_WORKBENCH"}[engine]


def _cycles(scene, job):
    cycles = scene.cycles
    samples, sampling, denoise = job["samples"], job["sampling"], job["denoise"]
    cycles.device = "GPU" if job["device"] in ("gpu", "gpu_only") and _find_gpu() else "CPU"
    if job["device"] == "gpu_only" and cycles.device == "CPU":
        raise JobError(
            "GPU_MISSING",
            "Only a graphics card may render this, and Cycles finds none on this machine (%s)." % ", ".join(GPU_KINDS),
        )
    cycles.samples = samples
    cycles.seed = job["seed"]
    cycles.use_animated_seed = False
    # Stops early where a pixel has settled, and makes Cycles report progress every few samples.
    cycles.use_adaptive_sampling = sampling.get("adaptive", True)
    # Zero: Cycles derives both from the number of samples, so cautiously that below 64 samples nothing ever stops early.
    cycles.adaptive_threshold = sampling.get("threshold", NOISE_OF_ONE_SAMPLE / samples**0.5 if denoise else 0.0)
    cycles.adaptive_min_samples = sampling.get("minSamples", LEAST_SAMPLES if denoise else 0)
    # Fireflies from polished metal: clamp only indirect light, so that highlights stay bright.
    cycles.sample_clamp_indirect = 4.0
    cycles.max_bounces = 8
    cycles.caustics_reflective = False
    cycles.caustics_refractive = False
    cycles.time_limit = 0
    # On by default; without the library every render would fail.
    cycles.use_denoising = denoise and can_oidn()
    # Tiles bound the memory of large pictures and show progress; the pixels stay the same.
    cycles.use_auto_tile = True
    cycles.tile_size = 2048


def _find_gpu():
    """Whether Cycles has a graphics card to render on; switches it on and says which."""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    for kind in GPU_KINDS:
        try:
            preferences.compute_device_type = kind
        except TypeError:
            # This build does not know the kind.
            continue
        preferences.get_devices()
        cards = [device for device in preferences.devices if device.type == kind]
        for device in preferences.devices:
            device.use = device in cards
        if cards:
            say("gpu", names=[card.name for card in cards])
            return True
    return False


def _workbench(scene, samples):
    shading = scene.display.shading
    shading.light = "STUDIO"
    shading.color_type = "MATERIAL"
    shading.show_cavity = True
    shading.cavity_type = "BOTH"
    shading.show_specular_highlight = True
    steps = ["OFF", "FXAA", "5", "8", "11", "16", "32"]
    scene.display.render_aa = next((s for s in steps[2:] if int(s) >= samples), "32")


def use_output(job):
    """What is behind the product is put there later, exactly, unless the studio has a backdrop of its own."""
    scene = bpy.context.scene
    scene.render.film_transparent = job["filmTransparent"]
    scene.render.use_file_extension = False
    management = {**job["template"].get("colorManagement", {}), **job["colorManagement"]}
    if job["template"]["kind"] == "studio":
        scene.display_settings.display_device = "sRGB"
        scene.view_settings.gamma = 1.0
    view = scene.view_settings
    if "viewTransform" in management:
        try:
            view.view_transform = management["viewTransform"]
        except TypeError:
            raise JobError(
                "VIEW_TRANSFORM_UNKNOWN",
                'This Blender (%s) has no view transform "%s".' % (bpy.app.version_string, management["viewTransform"]),
            ) from None
    if "contrast" in management:
        view.look = _look(view.view_transform, management["contrast"])
    if "exposure" in management:
        view.exposure = management["exposure"]


def _look(view_transform, contrast):
    """The contrast look by its name in this Blender: since 4.0 some are named after their view transform."""
    if contrast == "none":
        return "None"
    name = contrast.replace("_", " ").title() + " Contrast"
    view = bpy.context.scene.view_settings
    for candidate in ("%s - %s" % (view_transform, name), name):
        try:
            view.look = candidate
            return candidate
        except TypeError:
            continue
    raise JobError("CONTRAST_UNKNOWN", 'This Blender (%s) has no look "%s".' % (bpy.app.version_string, name))


def use_format(file_format):
    """`png8`, `png16` or `exr` (linear light, 16 bit float, without loss)."""
    settings = bpy.context.scene.render.image_settings
    if file_format == "exr":
        settings.file_format = "OPEN_EXR"
        settings.color_mode = "RGBA"
        settings.color_depth = "16"
        settings.exr_codec = "ZIP"
    else:
        settings.file_format = "PNG"
        settings.color_mode = "RGBA"
        settings.color_depth = "16" if file_format == "png16" else "8"
        settings.compression = 15


def render_to(path, width, height):
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y = width, height
    render.resolution_percentage = 100
    render.filepath = path
    try:
        bpy.ops.render.render(write_still=True)
    except RuntimeError as error:
        if device_used() == "cpu":
            raise
        raise JobError("GPU_FAILED", "The graphics card failed: %s" % error) from error


def device_used():
    """What the pictures so far were computed with: `cpu` or `gpu`."""
    scene = bpy.context.scene
    return "gpu" if scene.render.engine == "CYCLES" and scene.cycles.device == "GPU" else "cpu"
