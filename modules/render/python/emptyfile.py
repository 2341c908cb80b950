"""The empty file every scene begins with, without anything of the user or of the scene before."""

import bpy

_is_empty = False


def make_empty():
    """Can be done beforehand: a resident Blender does it while nobody waits."""
    global _is_empty
    bpy.ops.wm.read_factory_settings(use_empty=True)
    _is_empty = True


def take_empty():
    """Leaves an empty file, to be filled at once."""
    global _is_empty
    if not _is_empty:
        make_empty()
    _is_empty = False
