import { z } from 'zod';
import type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';
import { pointer } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import { issueText, valueAt } from './issueText.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { humanised, settingTitle } from './params.js';
import { offeredBy, reachedBy } from './reach.js';
import { type Restriction, restrict } from './restriction.js';
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
  /** What applies to each param when the caller sets nothing. */
  defaults: JsonObject;
  /** What is wrong with `callerParams`: names no node takes, and bounds outside the module's own. */
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
    const reached = reachedBy(name, graph, lookup);
    if (reached.length === 0)
      issues.push({ path, message: `No node of the workflow takes a setting “${name}” from outside.` });
    const offered = offeredBy(reached);
    const schemas = reached.map(({ module, param }, position) => {
      const { schema, problems } = restrict(offered[position]!, restriction);
      const label = settingTitle(module, param);
      for (const { at, message } of problems)
        issues.push({ path: path + pointer(...at), message: `${label}: ${message}` });
      return schema;
    });
    const [first] = reached;
    if (!first || !schemas[0]) continue;
    const value = params[first.nodeId]?.[first.param];
    const { default: _moduleDefault, ...schema } = schemas[0];
    // Beside a setting of all nodes people must know which node it is.
    if (name !== first.param && restriction.title === undefined)
      schema.title = `${schema.title ?? humanised(first.param)} (${first.label})`;
    properties[name] = value === undefined ? schema : { ...schema, default: value };
    if (value === undefined) continue;
    defaults[name] = value;
    const [misfit] = issues.some((issue) => issue.path.startsWith(path)) ? [] : valueIssues(schema, value);
    if (misfit)
      issues.push({
        path,
        message: `What the output type itself sets does not lie within these bounds: it ${misfit.message}.`,
      });
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
