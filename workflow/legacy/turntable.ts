import type { LegacyBag } from './bag.js';
import type { LegacyRow } from './context.js';
import { asIntegerIn, asNumberIn, asWord } from './values.js';

const DIRECTIONS = {
  clockwise: 'clockwise',
  cw: 'clockwise',
  '-1': 'clockwise',
  counterclockwise: 'counter_clockwise',
  counter_clockwise: 'counter_clockwise',
  'counter-clockwise': 'counter_clockwise',
  ccw: 'counter_clockwise',
  '1': 'counter_clockwise',
} as const;
const AXES = { x: 'x', y: 'y', z: 'z' } as const;
const ANIMATION_KEYS = 'frames frame_count fps duration turntable_degrees axis rotation_direction start_angle'.split(
  ' ',
);

/** Timing and turn of a turntable. */
export const animation: LegacyRow = ({ bag, options, overrides }) => {
  if (options.artifactKind !== 'turntable_video') {
    for (const key of ANIMATION_KEYS) bag.ignore(key, 'It only matters for turntables.');
    return;
  }
  const timing = timingOf(bag);
  const turn = asNumberIn(-3600, 3600);
  const values = {
    ...timing,
    degrees: bag.read('turntable_degrees', turn, 'a number of degrees'),
    axis: bag.read('axis', asWord(AXES), 'x, y or z'),
    direction: bag.read('rotation_direction', asWord(DIRECTIONS), 'clockwise or counter-clockwise'),
    startDeg: bag.read('start_angle', turn, 'a number of degrees'),
  };
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  if (Object.keys(set).length === 0) return;
  overrides.animation = set;
  bag.map(
    ANIMATION_KEYS.filter((key) => bag.has(key)),
    'overrides.animation',
  );
};

/** Of frames, frames per second and duration only two are free: the third follows, or must agree. */
function timingOf(bag: LegacyBag): { frames?: number; fps?: number } {
  const count = asIntegerIn(2, 1440);
  const found = bag.firstOf(['frames', 'frame_count'], (key) => bag.read(key, count, 'a whole number from 2 to 1440'));
  const fps = bag.read('fps', asNumberIn(1, 120), 'a number from 1 to 120');
  const seconds = bag.read('duration', asNumberIn(0.01, 3600), 'a number of seconds');
  const frames = found?.value;
  if (seconds === undefined) return { frames, fps };
  const refuse = (keys: readonly (string | undefined)[], code: string, note: string) => {
    for (const key of keys) if (key !== undefined) bag.reject(key, code, note);
    return {};
  };
  if (frames === undefined && fps === undefined) {
    return refuse(['duration'], 'LEGACY_VALUE_INVALID', 'A duration alone does not say how many frames to render.');
  }
  const derived = {
    frames: frames ?? Math.round(fps! * seconds),
    fps: fps ?? Math.round((frames! / seconds) * 1000) / 1000,
  };
  if (Math.abs(derived.frames - derived.fps * seconds) > 0.5 + seconds * 0.001) {
    const note = `${frames} frames at ${fps} per second do not take ${seconds} seconds; leave one of the three out.`;
    return refuse([found?.key, 'fps', 'duration'], 'LEGACY_TIMING_CONTRADICTION', note);
  }
  if (count(derived.frames) === undefined || derived.fps < 1 || derived.fps > 120) {
    const note = `This would be ${derived.frames} frames at ${derived.fps} per second, which is not possible.`;
    return refuse([found?.key, 'fps', 'duration'], 'LEGACY_VALUE_INVALID', note);
  }
  return derived;
}
