import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toJsonSchema } from '../modules/define.js';
import { buildUiSchema } from './uiSchema.js';

const schema = toJsonSchema(
  z.object({
    samples: z.int().min(1).max(128).default(64),
    seed: z.int().min(0).max(1_000_000).default(0),
    denoise: z.boolean().default(false),
    note: z.string().default(''),
  }),
);

describe('buildUiSchema', () => {
  it('draws every param of the schema without any hints', () => {
    expect(buildUiSchema(schema)).toEqual({
      type: 'VerticalLayout',
      elements: [
        { type: 'Control', scope: '#/properties/samples', options: { slider: true } },
        { type: 'Control', scope: '#/properties/seed' },
        { type: 'Control', scope: '#/properties/denoise', options: { toggle: true } },
        { type: 'Control', scope: '#/properties/note' },
      ],
    });
  });

  it('groups, labels and hides as the hints say, and shows the rest at the end', () => {
    const hints = {
      groups: [{ label: 'Quality', params: ['denoise', 'samples'], isCollapsed: true }],
      controls: {
        samples: { label: 'Samples per pixel', slider: false, showWhen: { param: 'denoise', isOneOf: [true] } },
        note: { isMultiline: true },
      },
    };
    expect(buildUiSchema(schema, hints)).toEqual({
      type: 'VerticalLayout',
      elements: [
        {
          type: 'Group',
          label: 'Quality',
          options: { collapsed: true },
          elements: [
            { type: 'Control', scope: '#/properties/denoise', options: { toggle: true } },
            {
              type: 'Control',
              scope: '#/properties/samples',
              label: 'Samples per pixel',
              rule: { effect: 'SHOW', condition: { scope: '#/properties/denoise', schema: { enum: [true] } } },
            },
          ],
        },
        {
          type: 'Group',
          label: 'More',
          elements: [
            { type: 'Control', scope: '#/properties/seed' },
            { type: 'Control', scope: '#/properties/note', options: { multi: true } },
          ],
        },
      ],
    });
  });

  it('is empty for a module without params', () => {
    expect(buildUiSchema(toJsonSchema(z.object({})))).toEqual({ type: 'VerticalLayout', elements: [] });
  });

  it('refuses hints for params that do not exist', () => {
    expect(() => buildUiSchema(schema, { groups: [{ label: 'A', params: ['sample'] }] })).toThrow('“sample”');
    expect(() => buildUiSchema(schema, { controls: { toString: {} } })).toThrow('“toString”');
    expect(() => buildUiSchema(schema, { controls: { note: { showWhen: { param: 'gone', isOneOf: [1] } } } })).toThrow(
      '“gone”',
    );
  });

  it('refuses a param in two groups', () => {
    const groups = [
      { label: 'A', params: ['note'] },
      { label: 'B', params: ['note'] },
    ];
    expect(() => buildUiSchema(schema, { groups })).toThrow('two groups');
  });
});
