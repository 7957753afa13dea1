/** `set -o` and `shopt` options, with bash 5.2's names, letters and defaults. */

/** Name → letter of `set`, in the order of `set -o`. */
export const SET_OPTIONS: readonly (readonly [name: string, letter: string])[] = [
  ["allexport", "a"],
  ["braceexpand", "B"],
  ["emacs", ""],
  ["errexit", "e"],
  ["errtrace", "E"],
  ["functrace", "T"],
  ["hashall", "h"],
  ["histexpand", "H"],
  ["history", ""],
  ["ignoreeof", ""],
  ["interactive-comments", ""],
  ["keyword", "k"],
  ["monitor", "m"],
  ["noclobber", "C"],
  ["noexec", "n"],
  ["noglob", "f"],
  ["nolog", ""],
  ["notify", "b"],
  ["nounset", "u"],
  ["onecmd", "t"],
  ["physical", "P"],
  ["pipefail", ""],
  ["posix", ""],
  ["privileged", "p"],
  ["verbose", "v"],
  ["vi", ""],
  ["xtrace", "x"],
];

/** Letters in the order in which `$-` prints them. */
const FLAG_ORDER = "abefhkmnptuvxBCEHPT";

const SHOPT_DEFAULTS: readonly (readonly [name: string, on: boolean])[] = [
  ["autocd", false],
  ["assoc_expand_once", false],
  ["cdable_vars", false],
  ["cdspell", false],
  ["checkhash", false],
  ["checkjobs", false],
  ["checkwinsize", true],
  ["cmdhist", true],
  ["compat31", false],
  ["compat32", false],
  ["compat40", false],
  ["compat41", false],
  ["compat42", false],
  ["compat43", false],
  ["compat44", false],
  ["complete_fullquote", true],
  ["direxpand", false],
  ["dirspell", false],
  ["dotglob", false],
  ["execfail", false],
  ["expand_aliases", false],
  ["extdebug", false],
  ["extglob", false],
  ["extquote", true],
  ["failglob", false],
  ["force_fignore", true],
  ["globasciiranges", true],
  ["globskipdots", true],
  ["globstar", false],
  ["gnu_errfmt", false],
  ["histappend", false],
  ["histreedit", false],
  ["histverify", false],
  ["hostcomplete", true],
  ["huponexit", false],
  ["inherit_errexit", false],
  ["interactive_comments", true],
  ["lastpipe", false],
  ["lithist", false],
  ["localvar_inherit", false],
  ["localvar_unset", false],
  ["login_shell", false],
  ["mailwarn", false],
  ["no_empty_cmd_completion", false],
  ["nocaseglob", false],
  ["nocasematch", false],
  ["noexpand_translation", false],
  ["nullglob", false],
  ["patsub_replacement", true],
  ["progcomp", true],
  ["progcomp_alias", false],
  ["promptvars", true],
  ["restricted_shell", false],
  ["shift_verbose", false],
  ["sourcepath", true],
  ["varredir_close", false],
  ["xpg_echo", false],
];

export class Options {
  private readonly set = new Set(["braceexpand", "hashall", "interactive-comments"]);
  private readonly shopt = new Map(SHOPT_DEFAULTS);

  clone(): Options {
    const copy = new Options();
    copy.set.clear();
    for (const name of this.set) copy.set.add(name);
    for (const [name, on] of this.shopt) copy.shopt.set(name, on);
    return copy;
  }

  /** A `set -o` option. */
  has(name: string): boolean {
    return this.set.has(name);
  }

  change(name: string, on: boolean): void {
    if (on) this.set.add(name);
    else this.set.delete(name);
  }

  isSetOption(name: string): boolean {
    return SET_OPTIONS.some(([known]) => known === name);
  }

  nameOfLetter(letter: string): string | undefined {
    return SET_OPTIONS.find(([, known]) => known === letter)?.[0];
  }

  /** A `shopt` option; undefined: no such option. */
  shell(name: string): boolean | undefined {
    return this.shopt.get(name);
  }

  changeShell(name: string, on: boolean): void {
    this.shopt.set(name, on);
  }

  shellNames(): readonly string[] {
    return SHOPT_DEFAULTS.map(([name]) => name);
  }

  /** The letters of `$-`, without `i`, `c` and `s`. */
  flags(): string {
    let flags = "";
    for (const letter of FLAG_ORDER) {
      const name = this.nameOfLetter(letter);
      if (name !== undefined && this.set.has(name)) flags += letter;
    }
    return flags;
  }

  /** $SHELLOPTS */
  setNames(): string {
    return SET_OPTIONS.map(([name]) => name)
      .filter((name) => this.set.has(name))
      .join(":");
  }

  /** $BASHOPTS */
  shoptNames(): string {
    return SHOPT_DEFAULTS.map(([name]) => name)
      .filter((name) => this.shopt.get(name))
      .join(":");
  }
}
