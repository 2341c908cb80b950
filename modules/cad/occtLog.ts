const LOSS = 'parts or faces may be missing or out of place';

/** What OpenCascade's log lines mean for the model, as sentences for people. An empty list: nothing was lost.
 * @param isKnownDamaged - the text has already told of damaged or missing records; it is not said twice. */
export function warningsFromLog(log: readonly string[], isKnownDamaged: boolean): string[] {
  const text = log.join('\n');
  const warnings: string[] = [];
  const syntax = /Incorrect Syntax[^\n]*?Fails Count\s*:?\s*(\d+)/i.exec(text);
  if (isKnownDamaged) {
    // Told by the text, with more detail than the log has.
  } else if (syntax) warnings.push(`The file has ${syntax[1]} syntax errors; ${LOSS}.`);
  else if (/Incorrect Syntax|Undefined Parsing/i.test(text)) warnings.push(`The file has syntax errors; ${LOSS}.`);
  else if (/Unresolved Reference/i.test(text)) {
    warnings.push(`The file refers to records that are missing or damaged; ${LOSS}.`);
  }
  if (/out of memory|Standard_OutOfMemory|bad_alloc/i.test(text)) {
    warnings.push('The memory ran out while reading; parts or faces are missing.');
  }
  return warnings;
}
