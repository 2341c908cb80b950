import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type ASTNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../modules/errors.js';
import { checkVariables } from './documentLimits.js';

/** Dearest operation that is served, in rough numbers of fields to be resolved. A page of 50 runs with all their nodes costs
 * about 4,000. */
export const MAX_COST = 25_000;
/** Costs that are kept of one document, by operation and variables. */
const MAX_KEPT = 100;
const MAX_KEY = 500;

/** Cost of the chosen operation with its variables: fields, times the rows that lists are asked for. */
function costOf({ document, operationName, schema, variableValues, contextValue }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const chosen: DocumentNode = { ...document, definitions: [operation, ...fragments] };
  const variables = { ...variableValues };
  return complexityFromQuery(chosen, { schema, variables, ctx: contextValue as object }).complexity;
}

/** Costs by execution arguments, null where they cannot be told because arguments are wrong: execution says so itself. */
function tellCost(args: ExecutionArgs): number | null {
  try {
    return costOf(args);
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof DomainError) return null;
    throw error;
  }
}

/** Names of the variables that decide on the cost: nobody's rights have a say in it, and most arguments have none either. */
function decisiveVariables(schema: GraphQLSchema, document: DocumentNode): string[] {
  const names = new Set<string>();
  const collect = (node: ASTNode) => {
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  };
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        if (typeof types.getFieldDef()?.extensions.complexity === 'function') node.arguments?.forEach(collect);
      },
      Directive: collect,
    }),
  );
  return [...names];
}

interface Known {
  decisive: readonly string[];
  costs: LRUCache<string, number>;
}
const known = new WeakMap<DocumentNode, Known>();

function rememberedCost(args: ExecutionArgs): number | null {
  const { schema, document, operationName, variableValues } = args;
  let here = known.get(document);
  if (!here) {
    here = { decisive: decisiveVariables(schema, document), costs: new LRUCache({ max: MAX_KEPT }) };
    known.set(document, here);
  }
  // A variable that is null is not one that is left out, which has its default.
  const given = here.decisive.map((name) => (variableValues && name in variableValues ? [variableValues[name]] : []));
  const key = JSON.stringify([operationName, ...given]);
  let cost: number | null | undefined = here.costs.get(key);
  if (cost === undefined) {
    cost = tellCost(args);
    // Long ones are rarely sent twice.
    if (cost !== null && key.length <= MAX_KEY) here.costs.set(key, cost);
  }
  return cost;
}

function tooDear(cost: number): ExecutionResult {
  const error = new GraphQLError(`This costs ${cost}; at most ${MAX_COST} are allowed. Ask for fewer rows at a time.`, {
    extensions: { code: 'TOO_EXPENSIVE', cost, maxCost: MAX_COST, http: { status: 400 } },
  });
  return { errors: [error] };
}

/** What must be refused before execution, and the cost of what need not. */
export function weigh(args: ExecutionArgs): { cost: number | null; refusal?: ExecutionResult } {
  try {
    checkVariables(args.variableValues);
  } catch (error) {
    if (error instanceof GraphQLError) return { cost: null, refusal: { errors: [error] } };
    throw error;
  }
  const cost = rememberedCost(args);
  return cost !== null && cost > MAX_COST ? { cost, refusal: tooDear(cost) } : { cost };
}
