/**
 * `db.normalizeId` also takes the spelling that an id had before: 22 characters. `db.get` does not.
 *
 * crates/isolate/src/environment/udf/syscall.rs
 */
import type { Rule } from "../rule.js";

const LENGTH = 22;

/** Old spellings of one deployment's ids. */
export class OldIds {
  readonly #ids = new Map<string, string>();

  spell(id: string): string {
    let sum = 7;
    for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
    const hash = sum.toString(36).padStart(8, "A");
    const old = `${hash}${id.slice(0, LENGTH - hash.length)}`;
    this.#ids.set(old, id);
    return old;
  }
  resolve(id: string): string {
    return this.#ids.get(id) ?? id;
  }
}

export const oldIds: Rule = {
  beforeSync: {
    "1.0/db/normalizeId": ({ deployment }, { args }) => {
      if (args.idString === undefined) return;
      args.idString = deployment.oldIds.resolve(args.idString);
    },
  },
};
