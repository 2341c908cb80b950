import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../modules/json.js';
import { nodePolicySchema } from './nodePolicy.js';

const propertiesOf = (family: Parameters<typeof nodePolicySchema>[0]) =>
  nodePolicySchema(family).properties as Record<string, JsonSchema>;
const choicesOf = (family: Parameters<typeof nodePolicySchema>[0]) =>
  (propertiesOf(family).onFailure!.oneOf as { const: string }[]).map((choice) => choice.const);

describe('nodePolicySchema', () => {
  it('offers the legacy pipeline where the family has one', () => {
    expect(choicesOf('cad_file')).toEqual(['halt', 'continue']);
    expect(choicesOf('order_line')).toEqual(['halt', 'continue', 'fallback_legacy']);
  });

  it('has the limits that graphs are held to, in milliseconds', () => {
    expect(propertiesOf('cad_file')).toMatchObject({
      timeoutMs: { type: 'integer', minimum: 1_000, maximum: 86_400_000, 'x-unit': 'ms' },
      retry: {
        properties: { attempts: { minimum: 1, maximum: 10 }, backoffMs: { minimum: 0, maximum: 3_600_000 } },
        required: ['attempts', 'backoffMs'],
        additionalProperties: false,
      },
    });
  });
});
