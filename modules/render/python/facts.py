"""Job: what this Blender can do."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# The repository is not the job's to write to.
sys.dont_write_bytecode = True

import bpy  # noqa: E402

from protocol import run  # noqa: E402


def main(_job):
    return {
        "version": bpy.app.version_string,
        "numpyVersion": numpy_version(),
        "hasOpenImageDenoise": has_open_image_denoise(),
        "gpuDevices": gpu_devices(),
    }


def numpy_version():
    try:
        import numpy
    except ImportError:
        return None
    return numpy.__version__


def has_open_image_denoise():
    import _cycles

    return bool(getattr(_cycles, "with_openimagedenoise", False))


def gpu_devices():
    settings = bpy.context.preferences.addons["cycles"].preferences
    settings.refresh_devices()
    found = {(device.type, device.name) for device in settings.devices if device.type != "CPU"}
    return [{"type": kind, "name": name} for kind, name in sorted(found)]


if __name__ == "__main__":
    run(main)
