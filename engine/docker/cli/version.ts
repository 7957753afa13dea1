import type { Release } from "../daemon/release.ts";

/** The command lines that Podwire speaks as: 28.2.2, and Debian's 20.10.24. */
export type CliVersion = Release;
