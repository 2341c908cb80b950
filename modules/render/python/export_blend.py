"""Job: the scene as a .blend file that needs nothing beside itself: what is in it is used, packed, and tells nothing of this machine."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402
from mathutils import Matrix  # noqa: E402

import engine  # noqa: E402
from contents import count_contents  # noqa: E402
from protocol import JobError, run, say  # noqa: E402
from scene import build_scene  # noqa: E402


def main(job):
    scene = build_scene(job["scene"])
    say("progress", fraction=0.5, message="Tidying up the scene")
    settle_materials(scene.meshes)
    remove_other_scenes()
    if job["contents"] == "product":
        remove_studio(scene)
    else:
        set_up_rendering(scene)
    sort_into_collections(scene, job)
    drop_scripts()
    if not job["packTextures"]:
        drop_textures()
    purge()
    pack()
    use_units(job["lengthUnit"])
    say("progress", fraction=0.7, message="Writing the file")
    bpy.context.preferences.filepaths.save_version = 0
    bpy.context.preferences.filepaths.file_preview_type = "NONE"
    bpy.ops.wm.save_as_mainfile(filepath=job["output"], compress=False, copy=True, relative_remap=False)
    return count_contents()


def settle_materials(meshes):
    """Puts materials where people look for them: on the mesh, wherever all of its instances agree."""
    by_mesh = {}
    for item in meshes:
        by_mesh.setdefault(item.data, []).append(item)
    for mesh, items in by_mesh.items():
        for i in range(len(mesh.materials)):
            materials = {item.material_slots[i].material for item in items}
            mesh.materials[i] = materials.pop() if len(materials) == 1 else None
            if mesh.materials[i] is not None:
                for item in items:
                    item.material_slots[i].link = "DATA"


def remove_other_scenes():
    """A template may bring some."""
    for other in [other for other in bpy.data.scenes if other != bpy.context.scene]:
        bpy.data.scenes.remove(other)
    bpy.context.scene.render.filepath = "//"


def remove_studio(scene):
    """Leaves the product in its true size, whatever size the studio shows it in."""
    kept = {scene.stand, *scene.stand.children_recursive}
    for item in [item for item in bpy.data.objects if item not in kept]:
        bpy.data.objects.remove(item)
    scene.stand.matrix_world = Matrix.Identity(4)
    bpy.context.scene.world = None
    bpy.context.scene.camera = None
    scene.rig = scene.floor = None


def set_up_rendering(scene):
    """Rendering the file gives the still: the product on transparent ground, with its shadow where the template has one."""
    job = scene.job
    if scene.floor is not None:
        catches = job["engine"] == "cycles" and job["template"]["floor"]["shadowCatcher"]
        scene.floor.is_shadow_catcher = catches
        scene.floor.visible_camera = catches
        scene.floor.hide_render = job["engine"] != "cycles"
    engine.use_engine(job)
    engine.use_format("png8")
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y = job["resolution"]["width"], job["resolution"]["height"]
    render.resolution_percentage = 100
    render.use_file_extension = True


def sort_into_collections(scene, job):
    """Collections of a template's file stay as they are."""
    product = [scene.stand, *scene.stand.children_recursive]
    _move(product, _collection(job["productCollection"]))
    loose = list(bpy.context.scene.collection.objects)
    if loose:
        _move(loose, _collection(job["studioCollection"]))
    for collection in [c for c in bpy.data.collections if not c.all_objects]:
        bpy.data.collections.remove(collection)


def _collection(name):
    made = bpy.data.collections.new(name)
    bpy.context.scene.collection.children.link(made)
    return made


def _move(items, collection):
    for item in items:
        for other in item.users_collection:
            other.objects.unlink(item)
        collection.objects.link(item)


def drop_scripts():
    """What came with a template must not run at whoever opens the file."""
    for text in list(bpy.data.texts):
        bpy.data.texts.remove(text)
    for owner in _everything():
        for drivers in [owner.animation_data.drivers] if getattr(owner, "animation_data", None) else []:
            for curve in [curve for curve in drivers if curve.driver.type == "SCRIPTED"]:
                drivers.remove(curve)


def _everything():
    for kind in bpy.data.bl_rna.properties:
        if kind.type == "COLLECTION":
            for block in getattr(bpy.data, kind.identifier):
                yield block
                if getattr(block, "node_tree", None):
                    yield block.node_tree


def drop_textures():
    """Materials fall back to their plain values."""
    for material in [material for material in bpy.data.materials if material.node_tree]:
        nodes = material.node_tree.nodes
        for node in [node for node in nodes if node.type == "TEX_IMAGE"]:
            nodes.remove(node)


def purge():
    bpy.data.orphans_purge(do_local_ids=True, do_linked_ids=True, do_recursive=True)
    # Where pictures were rendered to; made anew whenever somebody renders.
    for image in [image for image in bpy.data.images if image.type in {"RENDER_RESULT", "COMPOSITING"}]:
        bpy.data.images.remove(image)
    if any(getattr(block, "library", None) for block in _everything()):
        raise JobError(
            "TEMPLATE_NOT_SELF_CONTAINED", "The render template takes parts of its scene from other .blend files."
        )
    for library in list(bpy.data.libraries):
        bpy.data.libraries.remove(library)


def pack():
    for item in [*bpy.data.images, *bpy.data.fonts, *bpy.data.sounds]:
        if item.filepath in {"", "<builtin>"}:
            continue
        if item.packed_file is None:
            try:
                item.pack()
            except RuntimeError as error:
                raise JobError(
                    "FILE_NOT_PACKED", 'The file of "%s" could not be packed: %s' % (item.name, error)
                ) from error
        item.filepath = "//textures/" + bpy.path.clean_name(item.name)
        for part in getattr(item, "packed_files", ()):
            part.filepath = item.filepath


def use_units(length_unit):
    units = bpy.context.scene.unit_settings
    units.system = "METRIC"
    units.scale_length = 1.0
    units.length_unit = length_unit.upper()


if __name__ == "__main__":
    run(main)
