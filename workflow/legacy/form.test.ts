import { expect, it } from 'vitest';
import { legacyForm } from './form.js';
import { LEGACY_KINDS } from './invocation.js';
import { adaptLegacySettings } from './settings.js';

it.each(LEGACY_KINDS)('understands everything that the form of a %s starts with', (artifactKind) => {
  const { defaults, schema } = legacyForm(artifactKind, {});
  const { report, findings } = adaptLegacySettings(defaults, { artifactKind });
  expect(report.filter(({ status }) => status === 'unknown')).toEqual([]);
  expect(findings).toEqual([]);
  expect(Object.keys(schema.properties as object)).toEqual(expect.arrayContaining(Object.keys(defaults)));
});

it('shows sampling as it is where nothing is set', () => {
  expect(legacyForm('still_image', {}).defaults).toMatchObject({ adaptive: true });
  expect(legacyForm('preview_thumbnail', {}).defaults).not.toHaveProperty('adaptive');
});
