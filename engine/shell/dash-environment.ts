/** The environment that dash and ash hand on: in the order of their table of variables. */

/** VTABSIZE of both. */
const BUCKETS = 39;

/** Variables of one bucket stay in the order in which they were set. */
export function inTableOrder(environment: ReadonlyMap<string, string>): Map<string, string> {
  const entries = [...environment].map((entry) => ({ entry, bucket: bucketOf(entry[0]) }));
  entries.sort((a, b) => a.bucket - b.bucket);
  return new Map(entries.map(({ entry }) => entry));
}

/** The first character counts sixteen times more. */
function bucketOf(name: string): number {
  let sum = name.charCodeAt(0) << 4;
  for (let at = 0; at < name.length; at++) sum += name.charCodeAt(at);
  return sum % BUCKETS;
}
