/** The order of version numbers, gnulib filevercmp: `eth2` before `eth10`, `~` before all else. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  // Hidden files first, `.` and `..` before them.
  const hidden = Number(b.startsWith(".")) - Number(a.startsWith("."));
  if (hidden !== 0) return hidden;
  for (const special of [".", ".."]) {
    if (a === special) return -1;
    if (b === special) return 1;
  }
  const suffix = /(\.[A-Za-z~][A-Za-z0-9~]*)*$/;
  const order = compareParts(a.replace(suffix, ""), b.replace(suffix, ""));
  return order || compareParts(a, b) || (a < b ? -1 : 1);
}

function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const order = weight(a[i]) - weight(b[j]);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    while (a[i] === "0") i += 1;
    while (b[j] === "0") j += 1;
    let first = 0;
    while (isDigit(a[i]) && isDigit(b[j])) {
      first ||= (a.charCodeAt(i) || 0) - (b.charCodeAt(j) || 0);
      i += 1;
      j += 1;
    }
    if (isDigit(a[i])) return 1;
    if (isDigit(b[j])) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= "0" && char <= "9";
}

/** `~`, then the end and digits, then letters, then the rest. */
function weight(char: string | undefined): number {
  if (char === undefined || isDigit(char)) return 0;
  if (char === "~") return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}
