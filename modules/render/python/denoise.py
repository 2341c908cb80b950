"""A denoiser for Blenders built without OpenImageDenoise (Debian's): an edge-avoiding à-trous filter guided by the normals
and colours of what is seen, in mirrors too (Dammertz et al. 2010, Schied et al. 2017).
Weaker than OpenImageDenoise, but half the samples then look as clean."""

import os

import bpy
import numpy

# Differences at which two pixels count as different surfaces.
NORMAL_SIGMA, ALBEDO_SIGMA = 0.12, 0.04
# Brightness may differ by so many standard deviations of the local grain.
GRAIN_SIGMAS = 3.5
STEPS = (1, 2, 4, 8)
PASSES = {"Image": "image", "Denoising Normal": "normal", "Denoising Albedo": "albedo"}


def can_oidn():
    import _cycles

    return bool(getattr(_cycles, "with_openimagedenoise", False))


def render_denoised(path, render, folder):
    """Calls `render()`, which renders to `path`, and replaces the picture by its denoised version."""
    scene = bpy.context.scene
    files = _save_passes(scene, folder)
    render()
    width, height = scene.render.resolution_x, scene.render.resolution_y
    image, normal, albedo = (_load(files[name], width, height) for name in ("image", "normal", "albedo"))
    rows, columns = numpy.nonzero(image[..., 3] > 0)
    if len(rows) == 0:
        return
    crop = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    guide = numpy.concatenate([normal[crop][..., :3] / NORMAL_SIGMA, albedo[crop][..., :3] / ALBEDO_SIGMA], axis=-1)
    image[crop][..., :3] = smooth(image[crop][..., :3], guide)
    _save(image, path, scene)


def smooth(color, guide):
    """Linear RGB → linear RGB; `guide` is in units of "different enough"."""
    # Close to what the eye sees, so that bright and dark grain count alike.
    color = _without_specks(numpy.sqrt(numpy.maximum(color, 0)))
    brightness = color.mean(axis=-1)
    mean = _box(brightness)
    variance = numpy.maximum(_box(brightness * brightness) - mean * mean, 1e-6)
    for step in STEPS:
        color, variance = _level(color, guide, variance, step)
    return color * color


def _without_specks(color):
    """No pixel brighter or darker than all of its neighbours: single outliers would pass for edges."""
    height, width, _ = color.shape
    padded = numpy.pad(color, ((1, 1), (1, 1), (0, 0)), mode="edge")
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    return numpy.clip(color, numpy.minimum.reduce(around), numpy.maximum.reduce(around))


def _level(color, guide, variance, step):
    height, width = variance.shape
    brightness = color.mean(axis=-1)
    total = color.copy()
    weights = numpy.ones_like(variance)
    noise = variance.copy()
    limit = 1 / (2 * GRAIN_SIGMAS**2 * _box(variance) + 1e-6)
    for dy in (-step, 0, step):
        for dx in (-step, 0, step):
            if (dy, dx) == (0, 0) or abs(dy) >= height or abs(dx) >= width:
                continue
            here = (slice(max(0, -dy), height - max(0, dy)), slice(max(0, -dx), width - max(0, dx)))
            there = (slice(max(0, dy), height - max(0, -dy)), slice(max(0, dx), width - max(0, -dx)))
            apart = guide[here] - guide[there]
            distance = numpy.einsum("yxc,yxc->yx", apart, apart)
            change = brightness[here] - brightness[there]
            distance += change * change * limit[here]
            weight = numpy.exp(-distance) * (0.5 if dy and dx else 0.75)
            total[here] += color[there] * weight[..., None]
            weights[here] += weight
            noise[here] += variance[there] * weight * weight
    return total / weights[..., None], noise / (weights * weights)


def _box(values, radius=2):
    padded = numpy.pad(values, radius + 1, mode="edge")[:-1, :-1]
    sums = padded.cumsum(axis=0, dtype=numpy.float64).cumsum(axis=1)
    size = 2 * radius + 1
    window = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return (window / size**2).astype(numpy.float32)


def _save_passes(scene, folder):
    bpy.context.view_layer.cycles.denoising_store_passes = True
    scene.use_nodes = True
    scene.render.use_compositing = True
    nodes, links = scene.node_tree.nodes, scene.node_tree.links
    nodes.clear()
    layers = nodes.new("CompositorNodeRLayers")
    composite = nodes.new("CompositorNodeComposite")
    links.new(layers.outputs["Image"], composite.inputs["Image"])
    output = nodes.new("CompositorNodeOutputFile")
    output.base_path = folder
    output.format.file_format = "OPEN_EXR"
    output.format.color_depth = "32"
    output.format.color_mode = "RGBA"
    output.format.exr_codec = "NONE"
    output.file_slots.clear()
    for source, name in PASSES.items():
        output.file_slots.new(name)
        links.new(layers.outputs[source], output.inputs[name])
    # No ending: engine.use_output turned automatic endings off.
    frame = scene.frame_current
    return {name: os.path.join(folder, "%s%04d" % (name, frame)) for name in PASSES.values()}


def _load(file, width, height):
    image = bpy.data.images.load(file)
    image.colorspace_settings.name = "Non-Color"
    pixels = numpy.empty(width * height * 4, dtype=numpy.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    os.remove(file)
    return pixels.reshape(height, width, 4)


def _save(pixels, path, scene):
    height, width, _ = pixels.shape
    image = bpy.data.images.new("Denoised", width, height, alpha=True, float_buffer=True)
    known = image.colorspace_settings.bl_rna.properties["name"].enum_items.keys()
    # Renamed in Blender 4.
    image.colorspace_settings.name = "Linear Rec.709" if "Linear Rec.709" in known else "Linear"
    image.alpha_mode = "PREMUL"
    image.pixels.foreach_set(pixels.ravel())
    image.save_render(path, scene=scene)
    bpy.data.images.remove(image)
