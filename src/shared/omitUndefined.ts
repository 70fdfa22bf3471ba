/** The entries of an object that have a value. In a patch `undefined` deletes, and an optional argument must not be `undefined`. */
export function omitUndefined<T extends object>(
  columns: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(columns).filter(
    ([, value]) => value !== undefined,
  );
  // What is left of each property is its value and not `undefined`.
  return Object.fromEntries(entries) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
