/** Any value that survives a round trip through JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document (draft-7), as handed to editors and partners. */
export type JsonSchema = JsonObject;
