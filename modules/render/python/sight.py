"""Whether the camera sees the product at all, which nobody can tell from a picture with a backdrop in it."""

import bpy
import numpy

from protocol import JobError


def require_in_sight(scene):
    """Raises PICTURE_EMPTY where the product is beside, behind or beyond what the camera takes in."""
    camera = bpy.context.scene.camera
    if camera.data.type == "PANO":
        return
    size = scene.job["resolution"]
    projection = camera.calc_matrix_camera(
        bpy.context.evaluated_depsgraph_get(), x=size["width"], y=size["height"]
    )
    into_view = numpy.array(projection @ camera.matrix_world.inverted())
    if not any(_may_be_seen(item, into_view) for item in scene.meshes):
        raise JobError("PICTURE_EMPTY", "The picture would be empty: the camera does not see the product.")


def _may_be_seen(item, into_view):
    """False where the whole box round an object is on the outer side of one border of the picture, or of a clip distance."""
    corners = numpy.array([(*corner, 1.0) for corner in item.bound_box])
    x, y, z, w = into_view @ numpy.array(item.matrix_world) @ corners.T
    return not any((side < -w).all() or (side > w).all() for side in (x, y, z))
