import { Prisma } from '../../generated/prisma/client.js';
import type { Column, Model, Models, Relation } from './models.js';
import { isPlainObject, NotExpressible, type Statement } from './statement.js';

const COMPARISONS: Record<string, string> = { equals: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };
// As in Prisma, % and _ mean something: who wants them as they are escapes them.
const PATTERNS: Record<string, (text: string) => string> = {
  contains: (text) => `%${text}%`,
  startsWith: (text) => `${text}%`,
  endsWith: (text) => `%${text}`,
};

/** Prisma's `where` as an SQL condition on the table called `alias`.
 * @throws NotExpressible */
export function condition(models: Models, statement: Statement, model: Model, alias: string, where: unknown): string {
  if (where === undefined) return 'true';
  if (!isPlainObject(where)) throw new NotExpressible('where');
  const parts: string[] = [];
  const inner = (one: unknown) => condition(models, statement, model, alias, one);
  const all = (value: unknown) => (Array.isArray(value) ? value : [value]).map(inner);
  for (const [name, value] of Object.entries(where)) {
    if (value === undefined) continue;
    if (name === 'AND') parts.push(...all(value));
    // As in Prisma: an empty OR is never true, an empty NOT says nothing.
    else if (name === 'OR') parts.push(`(${all(value).join(' or ') || 'false'})`);
    else if (name === 'NOT') parts.push(...all(value).map((one) => `not ${one}`));
    else {
      const field = model.fields.get(name);
      if (!field) throw new NotExpressible(name);
      parts.push(
        field.kind === 'column'
          ? onColumn(statement, `${alias}.${field.column}`, field, value)
          : onRelation(models, statement, field, alias, value),
      );
    }
  }
  return parts.length > 0 ? `(${parts.join(' and ')})` : 'true';
}

function onColumn(statement: Statement, column: string, field: Column, value: unknown): string {
  if (field.type === 'Json') return onJson(column, value);
  if (value === null) return `${column} is null`;
  if (!isPlainObject(value)) return `${column} = ${statement.value(value)}`;
  const { mode, ...operators } = value;
  const parts: string[] = [];
  for (const [operator, operand] of Object.entries(operators)) {
    if (operand === undefined) continue;
    if (operator in PATTERNS && typeof operand === 'string')
      parts.push(
        `${column} ${mode === 'insensitive' ? 'ilike' : 'like'} ${statement.value(PATTERNS[operator]!(operand))}`,
      );
    else if (mode !== undefined) throw new NotExpressible('mode');
    else if (operator === 'equals' && operand === null) parts.push(`${column} is null`);
    else if (operator === 'not' && operand === null) parts.push(`${column} is not null`);
    else if (operator in COMPARISONS && !isPlainObject(operand) && operand !== null)
      parts.push(`${column} ${COMPARISONS[operator]} ${statement.value(operand)}`);
    else if (operator === 'not' && !isPlainObject(operand)) parts.push(`${column} <> ${statement.value(operand)}`);
    else if (operator === 'not') parts.push(`not ${onColumn(statement, column, field, operand)}`);
    else if (operator === 'in' && Array.isArray(operand)) parts.push(`${column} = any(${statement.value(operand)})`);
    else if (operator === 'notIn' && Array.isArray(operand))
      parts.push(`${column} <> all(${statement.value(operand)})`);
    else throw new NotExpressible(operator);
  }
  return parts.length > 0 ? `(${parts.join(' and ')})` : 'true';
}

/** Of JSON only whether there is any. */
function onJson(column: string, value: unknown): string {
  if (value === Prisma.DbNull) return `${column} is null`;
  const isThere = isPlainObject(value) && value.not === Prisma.DbNull && Object.keys(value).length === 1;
  if (!isThere) throw new NotExpressible('a condition on JSON');
  return `${column} is not null`;
}

function onRelation(models: Models, statement: Statement, relation: Relation, alias: string, value: unknown): string {
  const target = models.get(relation.model)!;
  const exists = (where: unknown, negated = false) => {
    const there = statement.alias();
    const met = condition(models, statement, target, there, where);
    return `exists (select 1 from ${target.table} ${there} where ${joined(relation, alias, there)} and ${negated ? 'not ' : ''}${met})`;
  };
  if (value === null && !relation.isList) return `not ${exists({})}`;
  if (!isPlainObject(value)) throw new NotExpressible(relation.name);
  const quantifiers = Object.entries(value).filter(([, one]) => one !== undefined);
  const known = relation.isList ? ['some', 'none', 'every'] : ['is', 'isNot'];
  if (!relation.isList && !quantifiers.some(([name]) => known.includes(name))) return exists(value);
  return `(${quantifiers
    .map(([name, where]) => {
      if (!known.includes(name)) throw new NotExpressible(name);
      if (name === 'some' || (name === 'is' && where !== null)) return exists(where);
      if (name === 'every') return `not ${exists(where, true)}`;
      // `none`, `isNot`, and `is: null`.
      return name === 'isNot' && where === null ? exists({}) : `not ${exists(where === null ? {} : where)}`;
    })
    .join(' and ')})`;
}

/** The condition that joins a row called `alias` with a row called `there` of the relation's model. */
export function joined({ on, through }: Relation, alias: string, there: string): string {
  if (!through) return on.map(([ours, theirs]) => `${there}.${theirs} = ${alias}.${ours}`).join(' and ');
  const [[ours, theirs]] = on as [readonly [string, string]];
  return `${there}.${theirs} in (select l.${through.theirs} from ${through.table} l where l.${through.ours} = ${alias}.${ours})`;
}
