import { describe, expect, it } from 'vitest';
import { branchOf, schemaErrors } from './ajv.js';

const schema = {
  type: 'object',
  properties: {
    samples: { type: 'integer', minimum: 1, maximum: 4096 },
    resolution: {
      type: 'object',
      properties: { width: { type: 'integer', minimum: 16 }, height: { type: 'integer' } },
      required: ['width', 'height'],
    },
    crop: { anyOf: [{ type: 'number', minimum: 0 }, { type: 'null' }] },
    names: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
    camera: {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'orbit' }, angle: { type: 'number', maximum: 90 } } },
        { type: 'object', properties: { kind: { const: 'fixed' }, at: { type: 'string' } }, required: ['at'] },
      ],
    },
  },
  additionalProperties: false,
};
const errorsOf = (data: unknown) =>
  schemaErrors(schema, data).map(({ instancePath, message, params }) => [
    instancePath + (params.missingProperty ? `/${params.missingProperty}` : ''),
    message,
  ]);

describe('schemaErrors', () => {
  it('finds nothing wrong with data that fits', () => {
    expect(errorsOf({ samples: 64, crop: null, camera: { kind: 'orbit', angle: 10 } })).toEqual([]);
  });

  it('says at its place what a number must be, once', () => {
    expect(errorsOf({ samples: 0 })).toEqual([['/samples', 'Must be at least 1.']]);
  });

  it('names the missing property of a nested object', () => {
    expect(errorsOf({ resolution: { width: 8 } })).toEqual([
      ['/resolution/height', 'This is required.'],
      ['/resolution/width', 'Must be at least 16.'],
    ]);
  });

  it('reports only the branch of a nullable value that is meant', () => {
    expect(errorsOf({ crop: -1 })).toEqual([['/crop', 'Must be at least 0.']]);
  });

  it('reports only the branch that the constant of a union names', () => {
    expect(errorsOf({ camera: { kind: 'orbit', angle: 120 } })).toEqual([['/camera/angle', 'Must be at most 90.']]);
    expect(errorsOf({ camera: { kind: 'fixed' } })).toEqual([['/camera/at', 'This is required.']]);
  });

  it('says that a union fits nothing when no branch is meant', () => {
    expect(errorsOf({ camera: 'x' })).toEqual([['/camera', 'This value is not one of the allowed kinds.']]);
  });

  it('points at the entry of a record that is wrong', () => {
    expect(errorsOf({ names: { Ring: '' } })).toEqual([['/names/Ring', 'This must not be empty.']]);
  });

  it('refuses a setting that does not exist', () => {
    expect(errorsOf({ nope: 1 }).map(([, message]) => message)).toEqual(['There is no such setting.']);
  });

  it('takes a cleared field for a missing one', () => {
    expect(errorsOf({ samples: undefined })).toEqual([]);
  });
});

describe('branchOf', () => {
  it('prefers constants over types and knows when nothing is meant', () => {
    const branches = schema.properties.camera.oneOf;
    expect([{ kind: 'fixed' }, { kind: 'zoom' }, 3].map((value) => branchOf(branches as never, value))).toEqual([
      1, -1, -1,
    ]);
  });
});
