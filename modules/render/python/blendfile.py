"""Opening .blend files: the only place that does it."""

import bpy


def open_blend(path):
    """Leaves the file open in place of the present one; nothing in it runs. Raises RuntimeError where Blender cannot open it."""
    # Said here as well as by Blender's arguments, which use_scripts overrides.
    bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=False)
