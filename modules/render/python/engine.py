"""Render engine and output settings."""

import bpy

from denoise import can_oidn


def use_engine(engine, samples, seed, denoise):
    scene = bpy.context.scene
    scene.render.engine = _engine_name(engine)
    if engine == "cycles":
        _cycles(scene, samples, seed, denoise)
    elif engine == "eevee":
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


def _cycles(scene, samples, seed, denoise):
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.seed = seed
    # Stops early where a pixel has settled, and makes Cycles report progress every few samples.
    cycles.use_adaptive_sampling = True
    # Zero: Cycles derives both from the number of samples.
    cycles.adaptive_threshold = 0.0
    cycles.adaptive_min_samples = 0
    # Fireflies from polished metal: clamp only indirect light, so that highlights stay bright.
    cycles.sample_clamp_indirect = 4.0
    cycles.max_bounces = 8
    cycles.caustics_reflective = False
    cycles.caustics_refractive = False
    # On by default; without the library every render would fail.
    cycles.use_denoising = denoise and can_oidn()
    # Tiles bound the memory of large pictures and show progress; the pixels stay the same.
    cycles.use_auto_tile = True
    cycles.tile_size = 2048


def _workbench(scene, samples):
    shading = scene.display.shading
    shading.light = "STUDIO"
    shading.color_type = "MATERIAL"
    shading.show_cavity = True
    shading.cavity_type = "BOTH"
    shading.show_specular_highlight = True
    steps = ["OFF", "FXAA", "5", "8", "11", "16", "32"]
    scene.display.render_aa = next((s for s in steps[2:] if int(s) >= samples), "32")


def use_output(color_management):
    """RGBA PNG with a transparent background; the background colour is put behind it later, exactly."""
    scene = bpy.context.scene
    render = scene.render
    render.film_transparent = True
    render.use_file_extension = False
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGBA"
    render.image_settings.color_depth = "8"
    render.image_settings.compression = 15
    scene.display_settings.display_device = "sRGB"
    scene.view_settings.view_transform = color_management["viewTransform"]
    scene.view_settings.look = "None"
    scene.view_settings.exposure = color_management["exposure"]
    scene.view_settings.gamma = 1.0


def render_to(path, width, height):
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y = width, height
    render.resolution_percentage = 100
    render.filepath = path
    bpy.ops.render.render(write_still=True)
