/** A snippet and what a real shell did with it. */
export interface Recorded {
  readonly script: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Snippets are separated by lines that hold only `%%`. */
export function splitSnippets(text: string): readonly string[] {
  return text
    .split(/^%%\n/m)
    .map((snippet) => snippet.replace(/\n$/, ""))
    .filter((snippet) => snippet !== "");
}
