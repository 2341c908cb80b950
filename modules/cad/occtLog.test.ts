import { expect, it } from 'vitest';
import { warningsFromLog } from './occtLog.js';

const SYNTAX = ' *** ERR StepFile : Incorrect Syntax : Fails Count : 12 ***';
const REFERENCE = ' *** Unresolved Reference : Fails Count : 1 ***';
const MEMORY = 'An exception was caught: Standard_OutOfMemory: Standard_MMgrRaw::Allocate(): malloc failed';

it.each<[string[], boolean, RegExp[]]>([
  [['Step File Name : model.step(120 ents)', 'Done'], false, []],
  [[SYNTAX], false, [/^The file has 12 syntax errors; parts or faces may be missing/]],
  [['ERR StepFile : Undefined Parsing'], false, [/^The file has syntax errors; /]],
  [[REFERENCE], false, [/^The file refers to records that are missing or damaged; /]],
  [[SYNTAX, REFERENCE], false, [/12 syntax errors/]],
  [[SYNTAX, REFERENCE], true, []],
  [[MEMORY], false, [/^The memory ran out while reading/]],
  [['terminate called after std::bad_alloc', SYNTAX], true, [/^The memory ran out while reading/]],
])('%j, known to be damaged: %s', (log, isKnownDamaged, warnings) => {
  expect(warningsFromLog(log, isKnownDamaged)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});
