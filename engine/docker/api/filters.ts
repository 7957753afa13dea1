/** The query parameter `filters`: name → wanted values, any of which will do. */
export type Filters = Readonly<Record<string, readonly string[]>>;
