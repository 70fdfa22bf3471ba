/**
 * Reading signature headers.
 *
 * @module
 */
import { SIGNATURE } from "./limits.js";

/** A header without what surrounds it; empty if it is absent. No more of it is read than any sender would send. */
export function header(headers: Headers, name: string): string {
  return (headers.get(name) ?? "").slice(0, SIGNATURE.maxHeader).trim();
}

/** The values of `name=value` pairs with this name, in order. White space around a pair does not count. */
export function values(
  text: string,
  separator: string,
  name: string,
): string[] {
  const found: string[] = [];
  for (const pair of text.split(separator)) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value) found.push(value);
  }
  return found;
}
