import { sameJson } from '../components/sameJson.js';

type Json = Record<string, unknown>;

/** What is stored of a form's data: only what differs from what applies anyway. */
export function optionsToStore(data: Json, defaults: Json): Json {
  return Object.fromEntries(
    Object.entries(data).filter(([name, value]) => value !== undefined && !sameJson(value, defaults[name])),
  );
}
