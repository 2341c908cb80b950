"""Job: whether a .blend file can serve as a render template. The file is opened with scripts off and nothing in it is run;
everything that is wrong is reported at once, each with the name of what it is about."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402

from blendfile import open_blend  # noqa: E402
from protocol import JobError, run, say  # noqa: E402

NAMES_SHOWN = 30
STAND_NAME = "Product"
BACKDROP_NAME = "Backdrop"
RIG_NAME = "Rig"


class Findings(list):
    def add(self, code, message, path="/file"):
        self.append({"code": code, "message": message, "path": path})


def main(job):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    say("progress", fraction=0.1, message="Opening the file")
    try:
        open_blend(job["file"])
    except RuntimeError as error:
        raise JobError("TEMPLATE_UNREADABLE", "Blender cannot open this file: %s" % str(error).strip()) from error
    findings = Findings()
    interface = check_interface(job["interface"], job["turns"], findings)
    find_scripts(findings)
    find_strangers(findings)
    if bpy.context.scene.render.use_freestyle:
        findings.add("FREESTYLE_USED", "The scene uses Freestyle, which runs scripts. Turn it off (Render Properties > Freestyle).")
    return {
        "findings": list(findings),
        "interface": interface,
        "there": {kind: names[:NAMES_SHOWN] for kind, names in what_there_is().items()},
        "blenderVersion": bpy.app.version_string,
        "fileVersion": "%d.%d" % bpy.data.version[:2],
    }


def check_interface(wanted, turns, findings):
    """The interface with what was left out filled in by what is usual; null where there is nothing that fits."""
    objects = bpy.context.scene.objects
    there = what_there_is()
    camera = wanted.get("camera") or (bpy.context.scene.camera.name if bpy.context.scene.camera else None)
    if camera is None or camera not in there["cameras"]:
        findings.add("CAMERA_MISSING", missing("camera", camera, there["cameras"]), "/setup/interface/camera")
    stand = wanted.get("stand") or STAND_NAME
    if stand not in there["empties"]:
        findings.add("STAND_MISSING", missing("empty for the product", stand, there["empties"]), "/setup/interface/stand")
    rig = wanted.get("rig") or (RIG_NAME if RIG_NAME in there["empties"] else None)
    if rig is not None and rig not in there["empties"]:
        findings.add("RIG_MISSING", missing("empty for the rig", rig, there["empties"]), "/setup/interface/rig")
    elif rig is None and turns == "rig":
        findings.add(
            "RIG_MISSING",
            "Turntables are to turn camera and lights, but no empty is named that they hang on.",
            "/setup/interface/rig",
        )
    elif rig is not None and camera in objects and not hangs_on(objects[camera], rig):
        findings.add("RIG_WITHOUT_CAMERA", 'The camera "%s" does not hang on the rig "%s".' % (camera, rig), "/setup/interface/rig")
    backdrop = wanted.get("backdrop")
    if backdrop is None:
        backdrop = [BACKDROP_NAME] if BACKDROP_NAME in there["collections"] + there["objects"] else []
    for i, name in enumerate(backdrop):
        if name not in there["objects"] and name not in there["collections"]:
            listed = there["collections"] + there["objects"]
            findings.add("BACKDROP_MISSING", missing("object or collection", name, listed), "/setup/interface/backdrop/%d" % i)
    materials = wanted.get("materials") or []
    for i, name in enumerate(materials):
        if name not in there["materials"]:
            findings.add("MATERIAL_MISSING", missing("material", name, there["materials"]), "/setup/interface/materials/%d" % i)
    return {"camera": camera, "stand": stand, "rig": rig, "backdrop": backdrop, "materials": materials}


def what_there_is():
    objects = bpy.context.scene.objects
    return {
        "cameras": sorted(o.name for o in objects if o.type == "CAMERA"),
        "empties": sorted(o.name for o in objects if o.type == "EMPTY"),
        "collections": sorted(c.name for c in bpy.context.scene.collection.children_recursive),
        "objects": sorted(o.name for o in objects),
        "materials": sorted(m.name for m in bpy.data.materials),
    }


def missing(what, name, there):
    shown = ", ".join('"%s"' % each for each in there[:NAMES_SHOWN]) + (" …" if len(there) > NAMES_SHOWN else "")
    said = 'There is no %s "%s".' % (what, name) if name else "There is no %s." % what
    return "%s %s" % (said, "There are: %s." % shown if there else "There are none at all.")


def hangs_on(item, name):
    while item is not None:
        if item.name == name:
            return True
        item = item.parent
    return False


def blocks():
    """Every datablock of the file, node trees within others too."""
    for kind in bpy.data.bl_rna.properties:
        if kind.type == "COLLECTION":
            for block in getattr(bpy.data, kind.identifier):
                yield block
                if getattr(block, "node_tree", None):
                    yield block.node_tree
                if getattr(block, "shape_keys", None):
                    yield block.shape_keys


def trees():
    """Every node tree, with the name of what it belongs to."""
    for block in blocks():
        if getattr(block, "node_tree", None):
            yield block.name, block.node_tree
        elif isinstance(block, bpy.types.NodeTree) and not block.is_embedded_data:
            yield block.name, block


def find_scripts(findings):
    for text in bpy.data.texts:
        if text.use_module:
            findings.add("SCRIPT_REGISTERED", 'The text "%s" runs when the file is opened. Take the tick from "Register" or delete it.' % text.name)
    for block in blocks():
        animation = getattr(block, "animation_data", None)
        for curve in animation.drivers if animation else []:
            if curve.driver.type == "SCRIPTED" and not curve.driver.is_simple_expression:
                findings.add("SCRIPT_DRIVER", 'A driver of "%s" (%s) runs Python: %s.' % (block.name, curve.data_path, curve.driver.expression[:80]))
    for name, tree in trees():
        if any(node.bl_idname == "ShaderNodeScript" for node in tree.nodes):
            findings.add("SCRIPT_NODE", '"%s" has a script node (OSL), which is not allowed.' % name)


def find_strangers(findings):
    """Whatever the file takes from outside itself."""
    for library in bpy.data.libraries:
        findings.add("LIBRARY_LINKED", 'The file links "%s". Make it local (Object > Relations > Make Local > All).' % base(library.filepath))
    for image in bpy.data.images:
        if image.source not in {"GENERATED", "VIEWER"} and image.packed_file is None and not len(getattr(image, "packed_files", ())):
            findings.add("IMAGE_NOT_PACKED", 'The picture "%s" is not in the file. Pack it (File > External Data > Pack Resources).' % image.name)
    for kind, items in (("font", bpy.data.fonts), ("sound", bpy.data.sounds)):
        for item in items:
            if item.packed_file is None and item.filepath not in {"", "<builtin>"}:
                findings.add("FILE_NOT_PACKED", 'The %s "%s" is not in the file. Pack it (File > External Data > Pack Resources).' % (kind, item.name))
    for kind, items in (("cache", bpy.data.cache_files), ("clip", bpy.data.movieclips), ("volume", bpy.data.volumes)):
        for item in items:
            if item.filepath:
                findings.add("FILE_OUTSIDE", 'The %s "%s" reads the file "%s", which cannot come along.' % (kind, item.name, base(item.filepath)))
    for name, tree in trees():
        for node in tree.nodes:
            if node.bl_idname == "ShaderNodeTexIES" and node.mode == "EXTERNAL":
                findings.add("FILE_OUTSIDE", 'The light profile of "%s" reads the file "%s", which cannot come along.' % (name, base(node.filepath)))
    for item in bpy.data.objects:
        for modifier in item.modifiers:
            if reads_outside(modifier):
                findings.add("FILE_OUTSIDE", 'The modifier "%s" of "%s" reads a cache from outside the file.' % (modifier.name, item.name))


def reads_outside(modifier):
    if modifier.type in {"FLUID", "MESH_CACHE", "OCEAN"}:
        return bool(getattr(modifier, "filepath", "x"))
    simulated = modifier.particle_system if modifier.type == "PARTICLE_SYSTEM" else modifier
    cache = getattr(simulated, "point_cache", None)
    return cache is not None and cache.use_external


def base(path):
    """Nothing of where somebody keeps his files."""
    return os.path.basename(path.replace("\\", "/"))


run(main)
