import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type Execution, type Selection, selectedAtRoot } from './selection.js';

/** Selections that are kept of one operation, by what its directives say. */
const MAX_SELECTIONS = 32;

type Variables = Readonly<Record<string, unknown>>;

/** What is the same of an operation whoever sends it, found out once. */
export class PreparedQuery {
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** Variables that say what is skipped. */
  private readonly switches: readonly string[];
  private readonly selections = new Map<string, Selection>();

  constructor(
    document: DocumentNode,
    readonly operation: OperationDefinitionNode,
  ) {
    this.fragments = Object.fromEntries(
      document.definitions.flatMap((one) =>
        one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
      ),
    );
    this.switches = switchesIn(document);
  }

  /** What is selected at the root, with all that was ever found out about what is beneath. */
  selection(execution: Execution): Selection {
    const key = this.keyOf(execution.variableValues);
    let selection = this.selections.get(key);
    if (!selection) {
      if (this.selections.size >= MAX_SELECTIONS) this.selections.clear();
      selection = selectedAtRoot(execution);
      this.selections.set(key, selection);
    }
    return selection;
  }

  private keyOf(variables: Variables): string {
    return this.switches.length === 0 ? '' : JSON.stringify(this.switches.map((name) => variables[name]));
  }
}

function switchesIn(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ arguments: args }) {
      for (const { value } of args ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

const prepared = new WeakMap<DocumentNode, Map<string | null | undefined, PreparedQuery>>();

/** @returns undefined where the document has no such operation, or several and no name says which. */
export function prepareQuery(document: DocumentNode, operationName?: string | null): PreparedQuery | undefined {
  let byName = prepared.get(document);
  if (!byName) {
    byName = new Map();
    prepared.set(document, byName);
  }
  const known = byName.get(operationName);
  if (known) return known;
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const query = new PreparedQuery(document, operation);
  byName.set(operationName, query);
  return query;
}
