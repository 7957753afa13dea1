/** The files that every recorded command finds in its working directory. */
export const SEED_SECONDS = 1_700_000_000;

export const SEED_FILES: Readonly<Record<string, string>> = {
  f: "one 1\ntwo 22\nthree 3\nfour 44\nfive 5\n",
  nums: "10\n9\n2\n33\n1.5\n-4\n2\n",
  fruit: "apple\nbanana\nApple\ncherry\nbanana\n\nbanana\n",
  csv: "a:b:c\nd:e:f\nnofield\n:x::y\n",
  nonl: "last\nno newline",
  empty: "",
  "d/x.txt": "x\n",
  "d/y.log": "yy\n",
  "d/sub/z.txt": "zzz\n",
  tabs: "a\tb\n\tc  d\n",
  // Latin-1: each character is one byte.
  bin: "a\0b\n\x80\xffc\n",
  "b.f": "one 1\ntwo 2\nthree 3\nfive 5\nsix 6\n",
};

export const SEED_DIRECTORIES = ["d", "d/sub"];
export const SEED_LINK = { name: "link", target: "f" };

/** A command and what the real tools said to it. */
export interface Recorded {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}
