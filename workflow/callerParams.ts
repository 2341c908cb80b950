import { z } from 'zod';
import type { ProductionModule } from '../modules/define.js';
import type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';
import { pointer } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import { issueText, valueAt } from './issueText.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { invocationParamsOf, settingTitle } from './params.js';
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

interface Reached {
  nodeId: string;
  module: ProductionModule;
  param: string;
}

/** The nodes that a param name of an invocation reaches: all that have it open, or the one that is named. */
export function reachedBy(name: string, graph: WorkflowGraph, lookup: DefinitionLookup): Reached[] {
  const open = graph.nodes.flatMap(({ id, step }) => {
    const module = lookup(step)?.module;
    return module ? invocationParamsOf(module).map((param) => ({ nodeId: id, module, param })) : [];
  });
  const everywhere = open.filter(({ param }) => param === name);
  return everywhere.length > 0 ? everywhere : open.filter(({ nodeId, param }) => `${nodeId}.${param}` === name);
}

/** The params of a graph that an output type or a caller may set, each once, in the order of the nodes. */
export function openParams(graph: WorkflowGraph, lookup: DefinitionLookup): string[] {
  return [
    ...new Set(
      graph.nodes.flatMap(({ step }) => {
        const module = lookup(step)?.module;
        return module ? invocationParamsOf(module) : [];
      }),
    ),
  ];
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
    const schemas = reached.map(({ module, param }) => {
      const own = (module.paramSchema.properties as Record<string, JsonSchema>)[param]!;
      const { schema, problems } = restrict(own, restriction);
      const label = settingTitle(module, param);
      for (const { at, message } of problems)
        issues.push({ path: path + pointer(...at), message: `${label}: ${message}` });
      return schema;
    });
    const [first] = reached;
    if (!first || !schemas[0]) continue;
    const value = params[first.nodeId]?.[first.param];
    const { default: _moduleDefault, ...schema } = schemas[0];
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
