import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  type Token,
  TokenKind,
} from 'graphql';

/** How much a client may ask for at a time. Generous: our own largest operation needs about a tenth. */
const LIMITS = {
  characters: 100_000,
  tokens: 3_000,
  /** Brackets of any kind within each other, in the text. */
  nesting: 40,
  aliases: 50,
  /** Fields at the top of a mutation: each is an effect of its own. */
  mutations: 10,
  /** Fields within each other, with fragments put in. */
  depth: 20,
  /** Fields in all, with fragments put in. */
  fields: 2_000,
  /** Items of one list in the variables; fields may take fewer. */
  items: 5_000,
  /** Lists and objects within each other in the variables. */
  variableNesting: 100,
} as const;

function refuse(limit: keyof typeof LIMITS, what: string, where = 'document has'): never {
  throw new GraphQLError(`The ${where} ${what}; at most ${LIMITS[limit]} are allowed.`, {
    extensions: { code: 'DOCUMENT_TOO_LARGE', limit, http: { status: 400 } },
  });
}

/** Neither the database nor JSON has a place for NUL, or for half of a character.
 * @throws GraphQLError `BAD_USER_INPUT` */
function checkCharacters(text: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new GraphQLError('A text has characters that are none: NUL, or half of a pair of surrogates.', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** The next token; null where there is none: the parser comes no further either, and says why. */
function advance(lexer: Lexer): Token | null {
  try {
    return lexer.advance();
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

/** Checks the text before it is parsed: the parser goes one call deeper with every bracket, so it must never see thousands.
 * @throws GraphQLError `DOCUMENT_TOO_LARGE`, `BAD_USER_INPUT`. */
export function checkText(text: string): void {
  if (text.length > LIMITS.characters) refuse('characters', 'too many characters');
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let nesting = 0;
  for (let token = advance(lexer); token && token.kind !== TokenKind.EOF; token = advance(lexer)) {
    if (++tokens > LIMITS.tokens) refuse('tokens', 'too many words and signs');
    if (OPENING.has(token.kind) && ++nesting > LIMITS.nesting) refuse('nesting', 'too many brackets within each other');
    if (CLOSING.has(token.kind)) nesting--;
    if (token.kind === TokenKind.STRING || token.kind === TokenKind.BLOCK_STRING) checkCharacters(token.value);
  }
}

/** Checks the variables before anything goes through them. Level by level: what is nested too deep must not be called into.
 * @throws GraphQLError `DOCUMENT_TOO_LARGE`, `BAD_USER_INPUT`. */
export function checkVariables(variables: unknown): void {
  let level: unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.variableNesting)
      refuse('variableNesting', 'too many lists and objects within each other', 'variables have');
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null || value instanceof Blob) continue;
      if (Array.isArray(value) && value.length > LIMITS.items)
        refuse('items', 'too many items in a list', 'variables have');
      for (const [key, inner] of Object.entries(value)) {
        checkCharacters(key);
        if (typeof inner === 'string') checkCharacters(inner);
        else if (typeof inner === 'object') next.push(inner);
      }
    }
    level = next;
  }
}

interface Size {
  fields: number;
  depth: number;
  aliases: number;
  /** Fields of the first level. */
  top: number;
}

const NOTHING: Size = { fields: 0, depth: 0, aliases: 0, top: 0 };

/** Checks the parsed document with its fragments put in, before it is validated. Each fragment is measured once, so that
 * fragments within fragments cost nothing to measure, however large they would unfold.
 * @throws GraphQLError `DOCUMENT_TOO_LARGE`. */
export function checkDocument(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Size>();

  const ofFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known) return known;
    // Put in first: a fragment that contains itself counts as nothing here, and validation refuses it.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    if (fragment) measured.set(name, ofSelections(fragment.selectionSet));
    return measured.get(name)!;
  };
  const ofSelections = ({ selections }: SelectionSetNode): Size => {
    const size = { ...NOTHING };
    for (const selection of selections) {
      const isField = selection.kind === Kind.FIELD;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.selectionSet
            ? ofSelections(selection.selectionSet)
            : NOTHING;
      size.fields += inner.fields + (isField ? 1 : 0);
      size.depth = Math.max(size.depth, inner.depth + (isField ? 1 : 0));
      size.aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
      size.top += isField ? 1 : inner.top;
    }
    return size;
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { fields, depth, aliases, top } = ofSelections(definition.selectionSet);
    if (fields > LIMITS.fields) refuse('fields', 'too many fields');
    if (depth > LIMITS.depth) refuse('depth', 'too many fields within each other');
    if (aliases > LIMITS.aliases) refuse('aliases', 'too many aliases');
    if (definition.operation === 'mutation' && top > LIMITS.mutations) refuse('mutations', 'too many mutations');
  }
}
