// Plain JavaScript without dependencies: `npm start` needs it before anything is installed.

/** Of an OpenGL driver that needs neither a screen nor a graphics card: Eevee and Workbench draw with it. */
export const OPENGL_PACKAGES = ['libegl1', 'libgl1-mesa-dri'];

/** What the programs that rendering needs are called in Debian and Ubuntu, with what they need there and do not ask for by themselves. */
export const RENDER_PACKAGES = {
  // Blender's glTF importer needs NumPy.
  blender: ['blender', 'python3-numpy', ...OPENGL_PACKAGES],
  ffmpeg: ['ffmpeg'],
};
