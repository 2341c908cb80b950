import type { ArtifactRole } from '../modules/artifacts.js';
import { FAMILIES, type Family } from '../modules/define.js';
import { ENTRY_SLOTS, type EntrySlot } from '../modules/entry.js';
import { PREFLIGHT_CHECKS, type PreflightCheck } from './preflightChecks.js';

/** A heading of the palette; node definitions name it as their `category`. */
export interface PaletteGroup {
  key: string;
  label: string;
  description: string;
}

/** What a run can be about, in words for forms (`label`) and within sentences (`one`). */
export const RUN_SUBJECTS = {
  cadFile: { label: 'CAD file', one: 'one CAD file' },
  orderLine: { label: 'Order line', one: 'one order line' },
} as const;
export type RunSubject = keyof typeof RUN_SUBJECTS;

/** Everything that differs between the kinds of workflow. */
export interface FamilyDefinition {
  key: Family;
  label: string;
  description: string;
  /** What a run of this family is about. */
  subject: RunSubject;
  /** Slots of the entry that every run of this family has (modules/entry.ts). */
  entrySlots: readonly EntrySlot[];
  /** In palette order. */
  paletteGroups: readonly PaletteGroup[];
  /** Roles a useful workflow of this family produces; a missing one is a warning. */
  expectedRoles: readonly ArtifactRole[];
  /** What is looked at before a run of this family, in the order it is shown. */
  preflightChecks: readonly PreflightCheck[];
  /** Whether `onFailure: fallback_legacy` has a legacy pipeline to fall back to. */
  hasLegacyPipeline: boolean;
  /** Keys of workflow/starters. */
  starters: readonly string[];
}

const CAD: PaletteGroup = { key: 'cad', label: 'CAD', description: 'Read the STEP file and make geometry of it.' };
const MATERIALS: PaletteGroup = {
  key: 'materials',
  label: 'Materials',
  description: 'Decide what every part is made of.',
};
const RENDER: PaletteGroup = { key: 'render', label: 'Rendering', description: 'Set the scene and take the picture.' };
const OUTPUT: PaletteGroup = { key: 'output', label: 'Delivery', description: 'Hand over results and tell people.' };
/** For modules of other packages that name no group. */
export const OWN_GROUP: PaletteGroup = {
  key: 'own',
  label: 'Own modules',
  description: 'What packages of this installation add.',
};

export const FAMILY_DEFINITIONS = {
  cad_file: {
    key: 'cad_file',
    label: 'CAD intake',
    description:
      'Runs once for a CAD file that came in: structure, size, geometry, thumbnail, first material proposal.',
    subject: 'cadFile',
    entrySlots: ['stepSource', 'materialLibrary'],
    paletteGroups: [CAD, MATERIALS, OUTPUT, OWN_GROUP],
    expectedRoles: ['glb_model', 'preview_thumbnail'],
    preflightChecks: ['graph', 'files', 'workers'],
    hasLegacyPipeline: false,
    starters: ['cad_intake'],
  },
  order_line: {
    key: 'order_line',
    label: 'Order rendering',
    description: 'Runs for one line of an order and delivers what its output type sells.',
    subject: 'orderLine',
    entrySlots: Object.keys(ENTRY_SLOTS) as EntrySlot[],
    paletteGroups: [CAD, MATERIALS, RENDER, OUTPUT, OWN_GROUP],
    expectedRoles: ['published_asset'],
    preflightChecks: Object.keys(PREFLIGHT_CHECKS) as PreflightCheck[],
    hasLegacyPipeline: true,
    starters: ['order_still', 'order_turntable', 'order_blend', 'order_all'],
  },
} as const satisfies Record<Family, FamilyDefinition>;

/** The family's registry entry. */
export function familyDefinition(family: Family): FamilyDefinition {
  return FAMILY_DEFINITIONS[family];
}

/** The families whose runs are about this. */
export const familiesAbout = (subject: RunSubject): Family[] =>
  FAMILIES.filter((family) => familyDefinition(family).subject === subject);

/** The family that runs of the legacy pipeline are of. */
export const LEGACY_FAMILY: Family = FAMILIES.find((family) => familyDefinition(family).hasLegacyPipeline)!;

export function hasEntrySlot(family: Family, slot: EntrySlot | null): slot is EntrySlot {
  return slot !== null && familyDefinition(family).entrySlots.includes(slot);
}
