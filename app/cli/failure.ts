/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {}

/** What was asked for could not be done: exit code 1. */
export class Failure extends Error {}
