/** The two generations of the engine that are modelled; they differ in texts, JSON and rules. */
export type Release = "20.10" | "28";

export interface ReleaseFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly gitCommit: string;
  readonly goVersion: string;
  readonly buildTime: string;
  readonly containerdVersion: string;
  readonly runcVersion: string;
}

export const RELEASES: Readonly<Record<Release, ReleaseFacts>> = {
  "20.10": {
    version: "20.10.24+dfsg1",
    apiVersion: "1.41",
    minApiVersion: "1.12",
    gitCommit: "5d6db84",
    goVersion: "go1.19.8",
    buildTime: "2023-05-18T08:38:34.000000000+00:00",
    containerdVersion: "1.6.20~ds1",
    runcVersion: "1.1.5+ds1",
  },
  "28": {
    version: "28.5.2",
    apiVersion: "1.51",
    minApiVersion: "1.24",
    gitCommit: "89c5e8f",
    goVersion: "go1.25.3",
    buildTime: "2025-11-05T14:43:25.000000000+00:00",
    containerdVersion: "v1.7.28",
    runcVersion: "1.3.0",
  },
};
