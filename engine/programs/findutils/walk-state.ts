/** What the actions tell the walk. */
export interface WalkState {
  /** -prune: do not go into this directory. */
  pruned: boolean;
  /** -quit */
  quit: boolean;
}
