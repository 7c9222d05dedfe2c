/** Records whose keys come from outside: a plugin may be named `constructor`, or there may be too many. */

/** Names that one record keeps; those beyond are passed over. */
const MAX_NAMES = 200;

/** A record's own entry, never one that every object has. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A copy of the record with this entry; the same record where it is full. */
export function withEntry<T>(record: Readonly<Record<string, T>>, name: string, value: T): Record<string, T> {
  if (!Object.hasOwn(record, name) && Object.keys(record).length >= MAX_NAMES) return record;
  return { ...record, [name]: value };
}
