/** What a canonical lab file leaves out. */

/** Undefined when it is the default. */
export function unless<T>(value: T | undefined, usual: NoInfer<T> | undefined): T | undefined {
  return value === usual ? undefined : value;
}

export function same(one: readonly unknown[] | undefined, two: readonly unknown[]): boolean {
  return (
    one !== undefined &&
    one.length === two.length &&
    one.every((item, index) => item === two[index])
  );
}

/** Undefined when it is empty. */
export function list<T>(items: readonly T[] | undefined): T[] | undefined {
  return items && items.length > 0 ? [...items] : undefined;
}

/** With its keys sorted; undefined when it is empty. */
export function record<T, R>(
  entries: Readonly<Record<string, T>> | undefined,
  map: (value: T, key: string) => R | undefined,
): Record<string, R> | undefined {
  const out: Record<string, R> = {};
  for (const key of Object.keys(entries ?? {}).sort()) {
    const value = map((entries as Readonly<Record<string, T>>)[key] as T, key);
    if (value !== undefined) out[key] = value;
  }
  return emptyToUndefined(out);
}

export function emptyToUndefined<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Without the keys that are undefined. */
export function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const out: Partial<T> = {};
  for (const key of Object.keys(value) as (keyof T)[]) {
    if (value[key] !== undefined) out[key] = value[key] as T[keyof T];
  }
  return out as T;
}
