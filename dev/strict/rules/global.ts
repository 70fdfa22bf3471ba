/**
 * Classes of the runtime, put in place of the environment's once.
 */
const ours = new WeakSet();

/** The class made of the native one. One that was made here is left as it is. */
export function replaced<T extends object>(native: T, make: (native: T) => T) {
  if (ours.has(native)) return native;
  const made = make(native);
  ours.add(made);
  return made;
}
