import type { JsonValue } from '../../modules/json.js';
import { VIEWS, type View } from '../../modules/render/views.js';
import type { LegacyRow } from './context.js';
import { asNumber, asNumberIn, asText, asWord } from './values.js';

/** Blender keeps 63 characters of a name. */
const asCameraName = (value: JsonValue) => {
  const name = asText(value);
  return name !== undefined && name.length <= 63 ? name : undefined;
};

const asView = asWord(Object.fromEntries(Object.keys(VIEWS).map((view) => [view, view as View])));

/** From where the product is seen: a side by its name, a camera of the template, or angles. */
export const camera: LegacyRow = ({ bag, overrides }) => {
  const said = bag.firstOf(['camera', 'view', 'camera_angle'], (key) =>
    bag.read(
      key,
      (value) => {
        const view = key === 'view' ? asView(value) : undefined;
        const angle = asNumber(value);
        const name = asCameraName(value);
        return view ? { view } : angle !== undefined ? { angle } : name && { name };
      },
      'the name of a camera, or an angle in degrees',
    ),
  );
  const { view, angle, name } = (said?.value ?? {}) as { view?: View; angle?: number; name?: string };
  const angles = ['azimuth', 'elevation', 'focal_length'];
  if (said && name !== undefined) {
    overrides.camera = { name };
    bag.map([said.key], 'overrides.camera');
    for (const key of angles) bag.ignore(key, `The camera “${name}” of the template brings its own.`);
    return;
  }
  const turn = asNumberIn(-360, 360);
  const azimuthDeg = bag.read('azimuth', turn, 'a number of degrees from -360 to 360') ?? turn(angle ?? null);
  const elevationDeg = bag.read('elevation', asNumberIn(-90, 90), 'a number of degrees from -90 to 90');
  const lensMm = bag.read('focal_length', asNumberIn(10, 300), 'a number of millimetres from 10 to 300');
  if (said && angle !== undefined && bag.has('azimuth')) bag.ignore(said.key, '“azimuth” already says it.');
  else if (said && angle !== undefined && azimuthDeg === undefined)
    bag.reject(said.key, 'LEGACY_VALUE_INVALID', `“${said.key}” is not an angle.`);
  const set = Object.fromEntries(
    Object.entries({ view, azimuthDeg, elevationDeg, lensMm }).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(set).length === 0) return;
  overrides.camera = set;
  bag.map([...angles, ...(said ? [said.key] : [])], 'overrides.camera');
};
