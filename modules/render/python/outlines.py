"""Ragged outlines of pictures with few samples, smoothed along themselves: across an edge nothing blurs, and along it a few pixels are as
good as many samples."""

import numpy

# Change of the square root of light and opacity, by Sobel's operator squared, from which on there is an edge; and how much of the change
# near it goes one way.
EDGE, ONE_WAY = 0.02, 0.5
# How far along the edge pixels count, each way, and how much.
WEIGHTS = {1: 0.8, 2: 0.41}


def smooth_outlines(image):
    """Linear premultiplied RGBA in planes → the same, smoothed along its edges."""
    _, height, width = image.shape
    if min(height, width) < 2:
        return image
    xx, yy, xy = (_blurred(plane) for plane in _structure(numpy.sqrt(numpy.maximum(image, 0))))
    both, apart = xx + yy, numpy.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    rows, columns = numpy.nonzero((both + apart > 2 * EDGE) & (apart > ONE_WAY * both))
    # Square to the direction in which the picture changes most.
    angle = 0.5 * numpy.arctan2(2 * xy[rows, columns], xx[rows, columns] - yy[rows, columns]) + numpy.pi / 2
    along_x, along_y = numpy.cos(angle), numpy.sin(angle)
    total = image[:, rows, columns]
    for steps, weight in WEIGHTS.items():
        for way in (-steps, steps):
            total += weight * _between(image, rows + way * along_y, columns + way * along_x)
    smoothed = image.copy()
    smoothed[:, rows, columns] = total / (1 + 2 * sum(WEIGHTS.values()))
    return smoothed


def _structure(values):
    """Products of the derivatives, summed over the channels: of x and x, y and y, x and y."""
    padded = numpy.pad(values, ((0, 0), (1, 1), (1, 1)), mode="edge")
    down = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    across = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    dx, dy = down[:, :, 2:] - down[:, :, :-2], across[:, 2:] - across[:, :-2]
    return [numpy.einsum("cyx,cyx->yx", one, other) for one, other in ((dx, dx), (dy, dy), (dx, dy))]


def _blurred(plane):
    for axis in (0, 1):
        padded = numpy.pad(plane, [(2, 2) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        length = plane.shape[axis]
        plane = sum(numpy.take(padded, range(at, at + length), axis=axis) for at in range(5)) / 5
    return plane


def _between(image, y, x):
    """Values between the pixels, by distance."""
    _, height, width = image.shape
    y, x = numpy.clip(y, 0, height - 1), numpy.clip(x, 0, width - 1)
    row, column = numpy.minimum(y.astype(int), height - 2), numpy.minimum(x.astype(int), width - 2)
    down, right = (y - row).astype(numpy.float32), (x - column).astype(numpy.float32)
    upper = image[:, row, column] * (1 - right) + image[:, row, column + 1] * right
    lower = image[:, row + 1, column] * (1 - right) + image[:, row + 1, column + 1] * right
    return upper * (1 - down) + lower * down
