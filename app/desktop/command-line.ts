/** The lab file among the program's arguments, if one was given. */
export function fileFromArguments(argv: readonly string[], packaged: boolean): string | undefined {
  // Unpackaged, Electron's first argument is the application's folder.
  const words = argv.slice(packaged ? 1 : 2);
  return words.find((word) => !word.startsWith("-") && /\.ya?ml$/.test(word));
}
