/**
 * Gives convex-test's database the indexes that a schema declares. It reads the whole table for each range, so that a test of
 * a hundred thousand rows takes the square of their number. What a range holds and in which order does not change.
 */
import type { Plugin } from "vite";

const FILE = /[/\\]convex-test[/\\]dist[/\\]index\.js$/;

/** What stands in convex-test 0.0.60, once → what stands there instead. */
const CHANGES: [string, string][] = [
  [
    `this._iterateDocs(tableName, (doc) => {
                    if (source.range.every((filter) => evaluateRangeFilter(doc, filter))) {
                        results.push(doc);
                    }
                });`,
    `return this._readIndex(query, tableName, fields);`,
  ],
  [
    `    _evaluateQuery(query) {`,
    `    _readIndex(query, tableName, fields) {
        const { source, operators } = query;
        const filters = operators.flatMap((operator) => "filter" in operator ? [operator.filter] : []);
        const limit = operators.find((operator) => "limit" in operator)?.limit ?? null;
        const order = source.order ?? "asc";
        const pending = new Map();
        for (const level of this._writes) {
            for (const [id, doc] of Object.entries(level)) {
                if (tableNameFromId(id) === tableName) pending.set(id, doc);
            }
        }
        // With a filter, nobody knows how many rows the limit takes.
        const most = limit === null || filters.length > 0 ? Infinity : limit + pending.size;
        const isIn = (doc) => source.range.every((filter) => evaluateRangeFilter(doc, filter));
        const entries = this._indexOf(tableName, fields).range(source.range, order, most)
            .filter(({ doc }) => !pending.has(doc._id));
        const changed = [...pending.values()].filter((doc) => doc !== null && isIn(doc));
        if (changed.length > 0) {
            entries.push(...changed.map((doc) => toEntry(doc, fields)));
            const sign = order === "asc" ? 1 : -1;
            entries.sort((a, b) => compareKeys(a.key, b.key) * sign);
        }
        return {
            sortedDocs: entries.map(({ doc }) => doc),
            filterFn: (doc) => filters.every((filter) => evaluateFilter(doc, filter)),
            limit,
            fieldPathsToSortBy: fields,
            order,
        };
    }
    _indexOf(tableName, fields) {
        this._indexes ??= new Map();
        const name = [tableName, ...fields].join();
        let index = this._indexes.get(name);
        if (index === undefined) {
            const ids = [...this._idsOf(tableName)];
            index = new SortedIndex(tableName, fields, ids.map((id) => this._documents[id]));
            this._indexes.set(name, index);
        }
        return index;
    }
    /** The ids of what is committed, in the order of their first commit. */
    _idsOf(tableName) {
        this._ids ??= new Map();
        if (!this._ids.has(tableName)) this._ids.set(tableName, new Set());
        return this._ids.get(tableName);
    }
    _evaluateQuery(query) {`,
  ],
  [
    `            if (this._writes.length === 0) {
                if (write === null) {`,
    `            if (this._writes.length === 0) {
                const before = this._documents[_id];
                const after = write === null || commitTs === null ? write : resolveCommittedValues(write, commitTs);
                const ids = this._idsOf(tableNameFromId(_id));
                if (write === null) ids.delete(_id);
                else ids.add(_id);
                for (const index of this._indexes?.values() ?? []) {
                    if (index.tableName === tableNameFromId(_id)) index.change(before, after);
                }
                if (write === null) {`,
  ],
  [
    `case "1.0/queryCleanup": {`,
    `case "1.0/queryCleanup": {
                // It keeps the rows of every query until the end: gigabytes, of many.
                delete db._queryResults[args.queryId];`,
  ],
  [
    `            return { value: null, done: true };`,
    `            delete this._queryResults[queryId];
            return { value: null, done: true };`,
  ],
  [
    `const ids = new Set(Object.keys(this._documents).filter(isInTable));`,
    `const ids = new Set(this._idsOf(tableName));`,
  ],
  [
    `class DatabaseFake {`,
    `const toEntry = (doc, fields) => ({ key: fields.map((field) => evaluateFieldPath(field, doc)), doc });
function compareKeys(a, b) {
    for (let at = 0; at < a.length; at++) {
        if (a[at] === b[at]) continue;
        const order = compareValues(a[at], b[at]);
        if (order !== 0) return order;
    }
    return 0;
}
/** The documents of a table in the order of an index. */
class SortedIndex {
    constructor(tableName, fields, docs) {
        this.tableName = tableName;
        this.fields = fields;
        this.entries = docs.map((doc) => toEntry(doc, fields)).sort((a, b) => compareKeys(a.key, b.key));
    }
    change(before, after) {
        if (before) {
            const { key } = toEntry(before, this.fields);
            this.entries.splice(this.firstFrom((entry) => compareKeys(entry.key, key) >= 0), 1);
        }
        if (after) {
            const entry = toEntry(after, this.fields);
            this.entries.splice(this.firstFrom((one) => compareKeys(one.key, entry.key) > 0), 0, entry);
        }
    }
    /** Where the first entry stands for which it holds, as it does for all behind it. */
    firstFrom(holds) {
        let low = 0;
        let high = this.entries.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (holds(this.entries[middle])) high = middle;
            else low = middle + 1;
        }
        return low;
    }
    range(filters, order, most) {
        const bounds = filters.map(({ type, value }) => ({ type, value: evaluateQueryValue(value) }));
        // Equal fields come first, then at most one bound on each side of the next field.
        const compareAt = ({ key }, at, value) => compareValues(key[at], value);
        const prefix = bounds.filter(({ type }) => type === "Eq");
        const rest = bounds.filter(({ type }) => type !== "Eq");
        const compare = (entry) => {
            for (let at = 0; at < prefix.length; at++) {
                const order = compareAt(entry, at, prefix[at].value);
                if (order !== 0) return order;
            }
            return 0;
        };
        const lower = rest.find(({ type }) => type[0] === "G");
        const upper = rest.find(({ type }) => type[0] === "L");
        const from = this.firstFrom((entry) => {
            const order = compare(entry);
            if (order !== 0 || !lower) return order >= 0;
            const next = compareAt(entry, prefix.length, lower.value);
            return lower.type === "Gte" ? next >= 0 : next > 0;
        });
        const to = this.firstFrom((entry) => {
            const order = compare(entry);
            if (order !== 0 || !upper) return order > 0;
            const next = compareAt(entry, prefix.length, upper.value);
            return upper.type === "Lte" ? next > 0 : next >= 0;
        });
        if (to <= from) return [];
        return order === "asc"
            ? this.entries.slice(from, Math.min(to, from + most))
            : this.entries.slice(Math.max(from, to - most), to).reverse();
    }
}
class DatabaseFake {`,
  ],
];

export const indexes = (): Plugin => ({
  name: "convex-test-indexes",
  enforce: "pre",
  transform(code, id) {
    if (!FILE.test(id.split("?")[0] ?? "")) return;
    let changed = code;
    for (const [before, after] of CHANGES) {
      if (changed.split(before).length !== 2) {
        throw new Error(
          `convex-test is not as version 0.0.60, which test/strict/indexes.ts changes: this does not stand there once:\n${before}`,
        );
      }
      changed = changed.replace(before, () => after);
    }
    return changed;
  },
});
