/** What OpenCascade's log lines mean for the model, as sentences for people. An empty list: nothing was lost. */
export function warningsFromLog(log: readonly string[]): string[] {
  const text = log.join('\n');
  const warnings: string[] = [];
  const syntax = /Incorrect [Ss]yntax[^\n]*?Fails Count\s*:?\s*(\d+)/.exec(text);
  if (syntax) {
    warnings.push(`The file has ${syntax[1]} syntax errors; parts or faces may be missing.`);
  } else if (/[Ii]ncorrect [Ss]yntax|Undefined Parsing/.test(text)) {
    warnings.push('The file has syntax errors; parts or faces may be missing.');
  }
  if (/Unresolved Reference/i.test(text)) {
    warnings.push('The file refers to records that are missing or damaged; parts or faces may be missing.');
  }
  if (/out of memory|Standard_OutOfMemory|bad_alloc/i.test(text)) {
    warnings.push('The memory ran out while reading; parts or faces are missing.');
  }
  return warnings;
}
