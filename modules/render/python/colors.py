"""Colours."""


def linear(hex_color):
    """sRGB hex to linear RGB, as Blender's colour fields want it."""
    channels = [int(hex_color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
