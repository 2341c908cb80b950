"""What is in the open .blend file, in numbers that its maker and its reader must agree on."""

import bpy


def count_contents():
    meshes = [item for item in bpy.context.scene.objects if item.type == "MESH"]
    used = {slot.material for item in meshes for slot in item.material_slots if slot.material is not None}
    for mesh in {item.data for item in meshes}:
        mesh.calc_loop_triangles()
    camera = bpy.context.scene.camera
    return {
        "objectCount": len(bpy.context.scene.objects),
        "meshCount": len(bpy.data.meshes),
        "triangleCount": sum(len(item.data.loop_triangles) for item in meshes),
        "materialCount": len(used),
        "imageCount": len(bpy.data.images),
        "lightCount": sum(item.type == "LIGHT" for item in bpy.context.scene.objects),
        "cameraName": camera.name if camera is not None else None,
        "blenderVersion": bpy.app.version_string,
    }
