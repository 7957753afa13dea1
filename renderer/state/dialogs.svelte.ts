import type { Problem } from "../../engine/session.ts";

export type Dialog =
  | {
      readonly kind: "confirm";
      readonly title: string;
      readonly text: string;
      readonly choices: readonly DialogChoice[];
      readonly answer: (choice: string) => void;
    }
  | {
      readonly kind: "problems";
      readonly title: string;
      readonly text: string;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "about" }
  | { readonly kind: "commands" };

export interface DialogChoice {
  readonly id: string;
  readonly label: string;
  readonly look: "primary" | "plain" | "danger";
}

/** At most one dialog is open. */
export class Dialogs {
  current = $state.raw<Dialog | undefined>();

  open(dialog: Dialog): void {
    this.close();
    this.current = dialog;
  }

  /** A closed question counts as answered with "cancel". */
  close(): void {
    const closing = this.current;
    this.current = undefined;
    if (closing?.kind === "confirm") closing.answer("cancel");
  }

  ask(title: string, text: string, choices: readonly DialogChoice[]): Promise<string> {
    return new Promise((resolve) => {
      const answer = (choice: string) => {
        if (this.current?.kind === "confirm" && this.current.answer === answer) {
          this.current = undefined;
        }
        resolve(choice);
      };
      this.open({ kind: "confirm", title, text, choices, answer });
    });
  }
}
