import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { answerText, JsonText, jsonText } from './jsonText.js';

test('any value is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.jsonValue(), fc.double()), (value) => {
      expect(jsonText(value)).toBe(JSON.stringify(value));
    }),
  );
  const texts = ['', '"', '\\', '\u0000', '\u001f', '\ud800', '\udfff\ud800', '😀', '\u2028', 'é'];
  for (const value of [...texts, -0, Number.NaN]) expect(jsonText(value)).toBe(JSON.stringify(value));
  expect(() => jsonText(() => 1)).toThrow('JSON has nothing for a function');
});

test('an answer is the same text whether it is asked for or made by whoever knows nothing of it', () => {
  const answers = [
    { data: new JsonText('{"a":[1,"ß"]}') },
    { errors: [new GraphQLError('no', { path: ['a', 0] })], data: null, extensions: { cost: 3 } },
    { errors: [new GraphQLError('no')], data: undefined },
  ];
  for (const answer of answers) expect(answerText({ ...answer } as never)).toBe(JSON.stringify(answer));
  expect(JSON.parse(answerText({ data: new JsonText('{"a":[1,"ß"]}') } as never))).toEqual({ data: { a: [1, 'ß'] } });
});
