/**
 * Older versions of the format, one step at a time: entry n turns version n + 1 into n + 2. A
 * migration works on plain data and must not assume that it is valid: what it does not know it
 * leaves alone, and the schema of the newest version judges the result.
 */
export type Migration = (lab: Record<string, unknown>) => Record<string, unknown>;

export const MIGRATIONS: readonly Migration[] = [];

export type MigrationResult =
  { readonly ok: true; readonly lab: unknown } | { readonly ok: false; readonly message: string };

/** Brings a lab to the newest version, which is one more than there are migrations. */
export function migrate(
  lab: unknown,
  migrations: readonly Migration[] = MIGRATIONS,
): MigrationResult {
  const newest = migrations.length + 1;
  if (typeof lab !== "object" || lab === null || Array.isArray(lab)) {
    return {
      ok: false,
      message: `this is not a lab file: expected it to start with "podwire: ${newest}"`,
    };
  }
  let current = lab as Record<string, unknown>;
  const version = current["podwire"];
  if (version === undefined) {
    return { ok: false, message: `this is not a lab file: expected "podwire: ${newest}" in it` };
  }
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    return { ok: false, message: `expected a version number, such as "podwire: ${newest}"` };
  }
  if (version > newest) {
    return {
      ok: false,
      message: `this lab was written by a newer Podwire (format ${version}; this one reads up to ${newest})`,
    };
  }
  for (let step = version; step < newest; step++) {
    current = { ...(migrations[step - 1] as Migration)(current), podwire: step + 1 };
  }
  return { ok: true, lab: current };
}
