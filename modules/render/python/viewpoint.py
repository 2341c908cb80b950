"""From where a camera looks, in numbers that can be compared with those of another."""

from mathutils import Vector


def viewpoint(item, matrix):
    """Place in mm, direction and up as unit vectors, and lens in mm. `matrix`: where the camera is, in the space that is asked about."""
    turn = matrix.to_quaternion()
    return {
        "atMm": [round(value * 1000, 3) for value in matrix.translation],
        "forward": [round(value, 6) for value in turn @ Vector((0, 0, -1))],
        "up": [round(value, 6) for value in turn @ Vector((0, 1, 0))],
        "lensMm": round(item.data.lens, 3),
    }
