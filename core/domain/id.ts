/** Random or derived octets as an id of `[A-Za-z0-9_-]` that no command line takes for an option. */
export const idText = (octets: Buffer): string => octets.toString('base64url').replace(/^-/, 'A')
