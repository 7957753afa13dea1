/** `1:02:03.045` from nanoseconds; hours only when there are any. */
export function formatVirtualTime(ns: number): string {
  const ms = Math.floor(ns / 1e6);
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  const clock = `${two(minutes)}:${two(seconds)}.${String(ms % 1000).padStart(3, "0")}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}
