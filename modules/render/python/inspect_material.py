"""Job: what materials a .blend file has, and whether one of them may be used."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402

import materials  # noqa: E402
from protocol import JobError, run  # noqa: E402


def main(job):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    names = materials.material_names(job["path"])
    name = job["material"]
    if name is None:
        if len(names) != 1:
            there = ", ".join('"%s"' % each for each in names[:20]) or "none"
            raise JobError("MATERIAL_NAME_NEEDED", "Say which material of the file it is. There are: %s." % there)
        name = names[0]
    materials.append_material(job["path"], name)
    return {"names": names, "material": name}


run(main)
