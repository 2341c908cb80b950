import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';
import { pointer } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import { issueText, valueAt } from './issueText.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { humanised, settingTitle } from './params.js';
import { addressOf, offeredBy, type Reached, reachedBy } from './reach.js';
import { type Restriction, restrict } from './restriction.js';
import { sharedSchema } from './sharedSchema.js';
import { buildUiSchema } from './uiSchema.js';

/** What callers may set, by param name; what is not named they may not. A name may be `<node>.<param>` for one node alone. */
export type CallerParams = Record<string, Restriction>;

export interface ProfileIssue {
  /** JSON pointer into the profile. */
  path: string;
  message: string;
}

/** What callers of an output type send: everything a form or a partner's program needs. */
export interface CallerForm {
  /** JSON Schema (draft 7) of an order line's `options`. */
  schema: JsonSchema;
  /** JSONForms UI schema. */
  uiSchema: JsonObject;
  /** What applies to each param when the caller sets nothing; none where nodes that share its name differ. */
  defaults: JsonObject;
  /** What is wrong with `callerParams`: names no node takes, names under which nodes take different things, and bounds outside the module's own. */
  issues: ProfileIssue[];
}

/** Derives the one input schema of an output type from its workflow, its own values and what callers may set. */
export function callerForm(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  { overrides, callerParams }: { overrides: JsonObject; callerParams: CallerParams },
): CallerForm {
  const { params } = resolveParams(graph, lookup, { outputType: overrides });
  const properties: Record<string, JsonSchema> = {};
  const defaults: JsonObject = {};
  const issues: ProfileIssue[] = [];
  for (const [name, restriction] of Object.entries(callerParams)) {
    const path = pointer('callerParams', name);
    const offered = offeredBy(reachedBy(name, graph, lookup)).map(({ by, schema: own }) => {
      const { schema, problems } = restrict(own, restriction);
      return { by, schema, problems, value: params[by.nodeId]?.[by.param] };
    });
    const [first] = offered;
    if (!first) {
      issues.push({ path, message: `No node of the workflow takes a setting “${name}” from outside.` });
      continue;
    }
    const found = offered.flatMap(({ by, problems }) =>
      problems.map(({ at, message }) => ({
        path: path + pointer(...at),
        message: `${settingTitle(by.module, by.param)}: ${message}`,
      })),
    );
    const shared = sharedSchema(offered.map(({ schema }) => schema));
    if (!shared && found.length === 0)
      found.push({
        path,
        message: unshareable(
          name,
          offered.map(({ by }) => by),
        ),
      });
    for (const { schema, value } of found.length > 0 ? [] : offered) {
      const [misfit] = value === undefined ? [] : valueIssues(schema, value);
      if (misfit)
        found.push({
          path,
          message: `What the output type itself sets does not lie within these bounds: it ${misfit.message}.`,
        });
    }
    issues.push(...found);
    if (!shared) continue;
    const { default: _moduleDefault, ...schema } = shared;
    // Beside a setting of all nodes people must know which node it is.
    if (name !== first.by.param && restriction.title === undefined)
      schema.title = `${schema.title ?? humanised(first.by.param)} (${first.by.label})`;
    const isCommon = offered.every(({ value }) => isDeepStrictEqual(value, first.value));
    const value = isCommon ? first.value : undefined;
    properties[name] = value === undefined ? schema : { ...schema, default: value };
    if (value !== undefined) defaults[name] = value;
  }
  const schema: JsonSchema = { type: 'object', properties, additionalProperties: false };
  return { schema, uiSchema: buildUiSchema(schema), defaults, issues: unique(issues) };
}

/** What callers set, checked against the form: nothing that is not theirs to set, nothing out of bounds. */
export function callerIssues(form: Pick<CallerForm, 'schema'>, options: JsonObject, root = 'options'): ProfileIssue[] {
  const properties = form.schema.properties as Record<string, JsonSchema>;
  return Object.entries(options).flatMap(([name, value]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name]! : undefined;
    if (!schema)
      return [{ path: pointer(root, name), message: `“${name}” cannot be set in orders of this output type.` }];
    const title = typeof schema.title === 'string' ? schema.title : name;
    return valueIssues(schema, value).map(({ path, message }) => ({
      path: pointer(root, name, ...path),
      message: `“${[title, ...path.map(String)].join(' › ')}” ${message}.`,
    }));
  });
}

const unshareable = (name: string, by: readonly Reached[]) =>
  `No value of “${name}” suits ${by.map(({ label }) => `“${label}”`).join(' and ')} alike. Let callers set one node alone: ${by.map((one) => `“${addressOf(one)}”`).join(', ')}.`;

function valueIssues(schema: JsonSchema, value: JsonValue): { path: PropertyKey[]; message: string }[] {
  const { default: _, ...rest } = schema;
  const parsed = z.fromJSONSchema(rest as z.core.JSONSchema.JSONSchema).safeParse(value);
  return (parsed.error?.issues ?? []).map((issue) => ({
    path: issue.path,
    message: issueText(issue, valueAt({ value } as JsonObject, ['value', ...issue.path])),
  }));
}

const unique = (issues: ProfileIssue[]) => [
  ...new Map(issues.map((issue) => [`${issue.path} ${issue.message}`, issue])).values(),
];
