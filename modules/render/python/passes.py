"""What Cycles sees beside the picture: rendered into one OpenEXR with all passes and read from there, because a script gets at the
pixels of a render in no other way, and the compositor takes three times as long."""

import os
import struct

import bpy
import numpy

# Blender puts its name before those of the channels and shortens what is too long for OpenEXR.
LAYER = "View"
HEADER_BYTES = 2**20


def store_passes():
    """From now on, pictures are written with the normals and colours of what is seen."""
    layer = bpy.context.view_layer
    layer.name = LAYER
    layer.cycles.denoising_store_passes = True
    bpy.context.scene.render.use_compositing = False
    settings = bpy.context.scene.render.image_settings
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.color_depth = "32"
    settings.exr_codec = "NONE"


def read_passes(path):
    """Picture (linear RGBA, premultiplied), normals (XYZ) and colours (RGB): planes of rows from the top, float32. Removes the file."""
    with open(path, "rb") as file:
        header = file.read(HEADER_BYTES)
    names, width, height, start = _layout(header)
    # A row is its number and its length, then one channel after the other; nothing is compressed.
    row = numpy.dtype([("head", "<i4", 2), ("channels", "<f4", (len(names), width))])
    channels = numpy.memmap(path, row, "r", start, height)["channels"]

    def planes(kind, axes):
        return numpy.stack([channels[:, names.index("%s.%s.%s" % (LAYER, kind, axis))] for axis in axes])

    found = planes("Combined", "RGBA"), planes("Denoising Normal", "XYZ"), planes("Denoising Albedo", "RGB")
    os.remove(path)
    return found


def _layout(header):
    """Names of the channels, width, height, and where the rows begin."""
    attributes = {}
    at = 8
    while header[at]:
        name, at = _text(header, at)
        _kind, at = _text(header, at)
        (size,) = struct.unpack_from("<i", header, at)
        attributes[name] = header[at + 4 : at + 4 + size]
        at += 4 + size
    names, place = [], 0
    while attributes["channels"][place]:
        name, place = _text(attributes["channels"], place)
        names.append(name)
        # Its type and sampling, which store_passes decided.
        place += 16
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    # Behind the header stands where each row begins; the first is the nearest.
    (start,) = struct.unpack_from("<Q", header, at + 1)
    return names, right - left + 1, bottom - top + 1, start


def _text(data, at):
    end = data.index(b"\0", at)
    return data[at:end].decode("utf-8"), end + 1
