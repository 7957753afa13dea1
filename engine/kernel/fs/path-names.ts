/** The names of a path; `.` and empty ones are left out, `..` stays. */
export function pathComponents(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
