/** A lab to start from: a lab file with a note that says what to try. */
export interface Template {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** The lab file. */
  readonly yaml: string;
}
