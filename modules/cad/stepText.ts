import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { countInstances } from './assemblyLimits.js';
import { Part21Fault, type Part21File, scanPart21 } from './part21.js';
import { type ProductStructure, readProductStructure, STRUCTURE_TYPES } from './productStructure.js';

/** OpenCascade's heap is 2 GiB; files far larger than this cannot be read in it. */
export const MAX_STEP_BYTES = 200 * 1024 * 1024;

/** A STEP file as far as its text tells, checked and within limits. */
export interface StepText {
  file: Part21File;
  structure: ProductStructure;
  facts: StepFacts;
}

export interface StepFacts {
  /** FILE_SCHEMA, for example `AUTOMOTIVE_DESIGN`. */
  schema: string;
  declaredUnit: string;
  recordCount: number;
  productCount: number;
  /** Occurrences of parts and assemblies in the unfolded tree. */
  instanceCount: number;
  /** Files it refers to and does not contain. */
  externalFiles: string[];
  warnings: string[];
}

/** How other formats begin, as Latin-1. */
const FOREIGN: [string, string][] = [
  ['\x1f\x8b', 'a gzip archive'],
  ['PK\x03\x04', 'a ZIP archive (FreeCAD, 3MF or the like)'],
  ['glTF', 'a binary glTF model'],
  ['solid ', 'an STL mesh'],
  ['DBRep_DrawableShape', 'an OpenCascade BREP model'],
  ['CASCADE Topology', 'an OpenCascade BREP model'],
  ['\xd0\xcf\x11\xe0', 'a SolidWorks or Inventor document'],
  ['%PDF', 'a PDF document'],
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['**ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'a Parasolid model'],
  ['<!DOCTYPE html', 'a web page'],
  ['<html', 'a web page'],
];

/** Checks that bytes are a STEP file OpenCascade should be able to read, and reads its structure.
 * @throws {ModuleError} `STEP_EMPTY`, `STEP_TOO_LARGE`, `STEP_NOT_STEP`, `STEP_TRUNCATED`, `STEP_NO_DATA`, `STEP_DAMAGED`,
 * `STEP_CYCLE`, `STEP_TOO_DEEP`, `STEP_TOO_MANY_INSTANCES`; all final. */
export function readStepText(bytes: Buffer): StepText {
  checkSize(bytes.length);
  const file = scan(bytes);
  const structure = readProductStructure(file);
  const instanceCount = countInstances(structure);
  const warnings: string[] = [];
  if (file.damagedCount > 0) {
    warnings.push(
      `${file.damagedCount} damaged records of the file were skipped; parts or faces may be missing or out of place.`,
    );
  }
  if (file.missingIds.length > 0) {
    const shown = file.missingIds.slice(0, 5).map((id) => `#${id}`);
    const more = file.missingIds.length > shown.length ? ' and others' : '';
    warnings.push(
      `The file refers to records it does not contain (${shown.join(', ')}${more}); parts or faces may be missing or out of place.`,
    );
  }
  const facts: StepFacts = {
    schema: structure.schema,
    declaredUnit: structure.declaredUnit,
    recordCount: file.recordCount,
    productCount: structure.definitions.size,
    instanceCount,
    externalFiles: structure.externalFiles,
    warnings,
  };
  return { file, structure, facts };
}

/** @throws {ModuleError} `STEP_EMPTY` or `STEP_TOO_LARGE`. */
export function checkSize(byteSize: number): void {
  if (byteSize === 0) throw new ModuleError('STEP_EMPTY', 'The file is empty.');
  if (byteSize > MAX_STEP_BYTES) {
    const megabytes = (size: number) => Math.ceil(size / 1024 / 1024);
    throw new ModuleError(
      'STEP_TOO_LARGE',
      `The file is ${megabytes(byteSize)} MB; STEP files of up to ${megabytes(MAX_STEP_BYTES)} MB can be read. Please simplify it or split it.`,
      'input',
      { byteSize, limit: MAX_STEP_BYTES },
    );
  }
}

function scan(bytes: Buffer): Part21File {
  try {
    return scanPart21(bytes, STRUCTURE_TYPES);
  } catch (error) {
    if (!(error instanceof Part21Fault)) throw error;
    throw explain(error, bytes);
  }
}

function explain(fault: Part21Fault, bytes: Buffer): ModuleError {
  const details: JsonObject = { reason: fault.message };
  switch (fault.kind) {
    case 'not_step': {
      const start = bytes.toString('latin1', 0, 400);
      const foreign = FOREIGN.find(([prefix]) => start.trimStart().startsWith(prefix))?.[1];
      const guess = foreign ? `it looks like ${foreign}` : 'it does not begin as one';
      return new ModuleError('STEP_NOT_STEP', `The file is not a STEP file: ${guess}.`, 'input', details);
    }
    case 'truncated':
      return new ModuleError(
        'STEP_TRUNCATED',
        'The STEP file is incomplete: its end is missing. Please export or upload it again.',
        'input',
        details,
      );
    case 'no_data':
      return new ModuleError('STEP_NO_DATA', 'The STEP file holds no data, only a header.', 'input', details);
    case 'damaged':
      return new ModuleError(
        'STEP_DAMAGED',
        'The STEP file is damaged: too many of its records cannot be read. Please export or upload it again.',
        'input',
        details,
      );
  }
}
