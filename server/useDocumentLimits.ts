import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  Kind,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { DomainError } from '../modules/errors.js';
import { checkDocument, checkText, checkVariables } from './documentLimits.js';

/** Dearest operation that is served, in rough numbers of fields to be resolved. A page of 50 runs with all their nodes costs
 * about 4,000. */
const MAX_COST = 25_000;

/** Cost of the chosen operation with its variables: fields, times the rows that lists are asked for. */
function costOf({ document, operationName, schema, variableValues, contextValue }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const chosen: DocumentNode = { ...document, definitions: [operation, ...fragments] };
  const variables = { ...variableValues };
  return complexityFromQuery(chosen, { schema, variables, ctx: contextValue as object }).complexity;
}

function tooDear(cost: number): ExecutionResult {
  const error = new GraphQLError(`This costs ${cost}; at most ${MAX_COST} are allowed. Ask for fewer rows at a time.`, {
    extensions: { code: 'TOO_EXPENSIVE', cost, maxCost: MAX_COST, http: { status: 400 } },
  });
  return { errors: [error] };
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

/** What must be refused before execution, and the cost of what need not. */
function weigh(args: ExecutionArgs): { cost: number | null; refusal?: ExecutionResult } {
  try {
    checkVariables(args.variableValues);
  } catch (error) {
    if (error instanceof GraphQLError) return { cost: null, refusal: { errors: [error] } };
    throw error;
  }
  const cost = tellCost(args);
  return cost !== null && cost > MAX_COST ? { cost, refusal: tooDear(cost) } : { cost };
}

/** Documents that were parsed before, by their text. */
export interface KnownDocuments {
  get(text: string): DocumentNode | undefined;
}

/** Refuses documents that are too large before they are parsed and validated, and variables that are too large and
 * operations that are too dear before they are executed; tells the cost in `extensions`. */
export function useDocumentLimits(known: KnownDocuments): Plugin {
  return {
    onParse({ params }) {
      const text = String(params.source);
      if (known.get(text)) return undefined;
      checkText(text);
      return ({ result }) => {
        if (result && !(result instanceof Error)) checkDocument(result as DocumentNode);
      };
    },
    onExecute({ args, setResultAndStopExecution }) {
      const { cost, refusal } = weigh(args);
      if (refusal) return setResultAndStopExecution(refusal);
      if (cost === null) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult({ ...result, extensions: { ...result.extensions, cost: { requested: cost, limit: MAX_COST } } });
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { refusal } = weigh(args);
      if (refusal) setResultAndStopExecution(refusal);
    },
  };
}
