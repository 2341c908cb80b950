import {
  type CheckResult,
  type CheckState,
  PREFLIGHT_CHECKS,
  type PreflightCheck,
} from '../../workflow/preflightChecks.js';
import { builder } from '../builder.js';

const CHECKS = Object.keys(PREFLIGHT_CHECKS) as PreflightCheck[];

export const PreflightCheckEnum = builder.enumType('PreflightCheckKey', {
  description: 'Something that is looked at before a run.',
  values: Object.fromEntries(
    CHECKS.map((check) => [check, { value: check, description: PREFLIGHT_CHECKS[check].description }]),
  ) as { [K in PreflightCheck]: { value: K; description: string } },
});

const STATES: Record<CheckState, string> = {
  passed: 'It was looked at, and all is well.',
  warned: 'It will do, but somebody should look.',
  failed: 'It stands in the way.',
  open: 'It was not looked at, because something else stands in the way or only the run can tell.',
};
const PreflightCheckState = builder.enumType('PreflightCheckState', {
  description: 'How a check came out.',
  values: Object.fromEntries(
    Object.entries(STATES).map(([state, description]) => [state, { value: state, description }]),
  ) as { [K in CheckState]: { value: K; description: string } },
});

export const PreflightCheckObject = builder.objectRef<CheckResult>('PreflightCheck').implement({
  description: 'One thing that was looked at before a run. What is wrong with it is among the findings.',
  fields: (t) => ({
    check: t.field({ type: PreflightCheckEnum, description: 'What it is.', resolve: ({ check }) => check }),
    label: t.string({ description: 'Name for people.', resolve: ({ check }) => PREFLIGHT_CHECKS[check].label }),
    description: t.string({
      description: 'What it makes sure of.',
      resolve: ({ check }) => PREFLIGHT_CHECKS[check].description,
    }),
    state: t.field({ type: PreflightCheckState, description: 'How it came out.', resolve: ({ state }) => state }),
  }),
});
