"""A denoiser for Blenders built without OpenImageDenoise (Debian's): an edge-avoiding à-trous filter guided by the normals
and colours of what is seen, in mirrors too (Dammertz et al. 2010, Schied et al. 2017).
Weaker than OpenImageDenoise, but half the samples then look as clean. Pictures are planes: (channel, row, column)."""

import bpy
import numpy

from outlines import smooth_outlines
from passes import read_passes

# Differences at which two pixels count as different surfaces.
NORMAL_SIGMA, ALBEDO_SIGMA = 0.12, 0.04
# Brightness may differ by so many standard deviations of the local grain.
GRAIN_SIGMAS = 3.5
STEPS = (1, 2, 4, 8)
# Half of a pixel's neighbours: the others have it as theirs. How much they count beside the pixel itself.
NEIGHBOURS = ((0, 1, 0.75), (1, 0, 0.75), (1, 1, 0.5), (1, -1, 0.5))


def can_oidn():
    import _cycles

    return bool(getattr(_cycles, "with_openimagedenoise", False))


def denoise(passes, path, is_coarse):
    """Writes the denoised picture of a file with passes (passes.py) to `path`, in the scene's file format.
    `is_coarse`: of so few samples that outlines are ragged; they are smoothed, too."""
    image, normal, albedo = read_passes(passes)
    rows, columns = numpy.nonzero(image[3] > 0)
    if len(rows) > 0:
        crop = (slice(None), slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
        guide = numpy.concatenate([normal[crop] / NORMAL_SIGMA, albedo[crop] / ALBEDO_SIGMA])
        product = numpy.ascontiguousarray(image[crop])
        product[:3] = smooth(product[:3], guide)
        image[crop] = smooth_outlines(product) if is_coarse else product
    _save(image, path, bpy.context.scene)


def smooth(color, guide):
    """Linear RGB → linear RGB; `guide` is in units of "different enough"."""
    # Close to what the eye sees, so that bright and dark grain count alike.
    color = _without_specks(numpy.sqrt(numpy.maximum(color, 0)))
    brightness = color.mean(axis=0)
    mean = _box(brightness)
    variance = numpy.maximum(_box(brightness * brightness) - mean * mean, 1e-6)
    for step in STEPS:
        color, variance = _level(color, guide, variance, step)
    return color * color


def _without_specks(color):
    """No pixel brighter or darker than all of its neighbours: single outliers would pass for edges."""
    _, height, width = color.shape
    padded = numpy.pad(color, ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = [padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    low, high = around[0].copy(), around[0].copy()
    for one in around[1:]:
        numpy.minimum(low, one, out=low)
        numpy.maximum(high, one, out=high)
    return numpy.clip(color, low, high)


def _level(color, guide, variance, step):
    height, width = variance.shape
    brightness = color.mean(axis=0)
    total = color.copy()
    weights = numpy.ones_like(variance)
    noise = variance.copy()
    limit = 1 / (2 * GRAIN_SIGMAS**2 * _box(variance) + 1e-6)
    for dy, dx, share in NEIGHBOURS:
        dy, dx = dy * step, dx * step
        if abs(dy) >= height or abs(dx) >= width:
            continue
        here = (slice(max(0, -dy), height - max(0, dy)), slice(max(0, -dx), width - max(0, dx)))
        there = (slice(max(0, dy), height - max(0, -dy)), slice(max(0, dx), width - max(0, -dx)))
        apart = guide[:, here[0], here[1]] - guide[:, there[0], there[1]]
        distance = numpy.einsum("cyx,cyx->yx", apart, apart)
        change = brightness[here] - brightness[there]
        change *= change
        # The way between two pixels is as far in both directions; only what counts as grain differs.
        for one, other in ((here, there), (there, here)):
            weight = share * numpy.exp(-(distance + change * limit[one]))
            for sums, values in zip(total, color):
                sums[one] += values[other] * weight
            weights[one] += weight
            noise[one] += variance[other] * weight * weight
    return total / weights, noise / (weights * weights)


def _box(values, radius=2):
    padded = numpy.pad(values, radius + 1, mode="edge")[:-1, :-1]
    sums = padded.cumsum(axis=0, dtype=numpy.float64).cumsum(axis=1)
    size = 2 * radius + 1
    window = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return (window / size**2).astype(numpy.float32)


def _save(planes, path, scene):
    _, height, width = planes.shape
    image = bpy.data.images.new("Denoised", width, height, alpha=True, float_buffer=True)
    known = image.colorspace_settings.bl_rna.properties["name"].enum_items.keys()
    # Renamed in Blender 4.
    image.colorspace_settings.name = "Linear Rec.709" if "Linear Rec.709" in known else "Linear"
    image.alpha_mode = "PREMUL"
    # Blender's rows begin at the bottom.
    image.pixels.foreach_set(numpy.ascontiguousarray(planes[:, ::-1].transpose(1, 2, 0)).ravel())
    image.save_render(path, scene=scene)
    bpy.data.images.remove(image)
